import { Webhook } from 'standardwebhooks';
import { failure } from '../../contracts/errors';

/**
 * Verifies a webhook that is signed as ours are (https://www.standardwebhooks.com), and answers its body. Throws
 * `PermissionDenied` for one that is forged, or older than five minutes. A receiver that must not take the same message
 * twice keeps its `webhook-id`.
 */
export function verifyWebhook(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  rawBody: string | Buffer,
  secret: string,
): unknown {
  const webhook = secret.startsWith('whsec_') ? new Webhook(secret) : new Webhook(secret, { format: 'raw' });
  const given = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name.toLowerCase(), value] as const] : [],
  );
  try {
    return webhook.verify(rawBody, Object.fromEntries(given));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw failure('PermissionDenied', `the webhook is not taken: ${why}`, { cause: error });
  }
}
