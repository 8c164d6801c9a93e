import { Webhook } from 'standardwebhooks';
import { failure } from '../../contracts/errors';

/**
 * What signs webhooks and verifies them (https://www.standardwebhooks.com), by the text that both sides share: `whsec_` and
 * base64, else the text as it stands. Throws `InvalidInput` for what is neither.
 */
export function webhookKey(secret: string): Webhook {
  try {
    return secret.startsWith('whsec_') ? new Webhook(secret) : new Webhook(secret, { format: 'raw' });
  } catch {
    // Without its cause, which may show what was given.
    throw failure('InvalidInput', 'the secret of a webhook is empty, or begins with whsec_ and goes on as no base64');
  }
}
