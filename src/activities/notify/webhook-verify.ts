import { failure } from '../../contracts/errors';
import { webhookKey } from './webhook-key';

export type VerifyWebhook = (
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  rawBody: string | Buffer,
) => unknown;

/**
 * Verifies webhooks that are signed with this secret as ours are, and answers their bodies. A receiver that must not take
 * the same message twice keeps its `webhook-id`.
 *
 * Throws `InvalidInput` for a secret that is none. The verifier throws `PermissionDenied` for a webhook that is forged, or
 * whose time is more than five minutes from ours, and `InvalidInput` for one that is genuine and no JSON.
 */
export function webhookVerifier(secret: string): VerifyWebhook {
  const key = webhookKey(secret);
  return (headers, rawBody) => {
    const given = Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name.toLowerCase(), value] as const] : [],
    );
    try {
      return key.verify(rawBody, Object.fromEntries(given));
    } catch (error) {
      // It parses what it has found to be genuine.
      if (error instanceof SyntaxError) throw failure('InvalidInput', 'the body is no JSON', { cause: error });
      const why = error instanceof Error ? error.message : String(error);
      throw failure('PermissionDenied', `the webhook is not taken: ${why}`, { cause: error });
    }
  };
}
