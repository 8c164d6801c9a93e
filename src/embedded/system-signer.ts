import { existsSync } from 'node:fs';
import { createSecretResolver } from '../activities/secrets';
import { createDecisionSigner, createSigningKey, readSigningKey, type SignMessage } from '../client';
import type { Home } from './home';
import { osClaims } from './local-user';

export interface SystemSignerOptions {
  readonly home: Home;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where `secret://file/NAME` looks. */
  readonly secretsFolder: string | null;
}

/**
 * Signs as the user that the system runs as: whoever has the API's token is that user. The key is that of
 * F0_SIGNING_KEY_FILE, or of the secret that F0_SIGNING_KEY names; else the home's own, made when it is first needed.
 *
 * Throws `InvalidInput` when the key cannot be read, and what the secret's provider throws.
 */
export async function systemSigner({ home, env, secretsFolder }: SystemSignerOptions): Promise<SignMessage> {
  const { F0_SIGNING_KEY: reference, F0_SIGNING_KEY_FILE: file, F0_SIGNING_KEY_ID: keyId } = env;
  const claims = osClaims(env);
  if (reference) {
    const privateKey = await createSecretResolver({ env, folder: secretsFolder }).resolve(reference);
    return createDecisionSigner({ privateKey, ...(keyId ? { keyId } : {}) }).as(claims);
  }
  if (file) return readSigningKey(file, keyId).as(claims);
  const own = home.signingKeyFile;
  return (existsSync(own) ? readSigningKey(own) : createSigningKey(own)).as(claims);
}
