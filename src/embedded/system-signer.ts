import { existsSync } from 'node:fs';
import type { SystemSecrets } from '../activities/secrets';
import {
  createDecisionSigner,
  createSigningKey,
  type DecisionSigner,
  readSigningKey,
  type SignMessage,
} from '../client';
import type { Caller } from '../console/access/caller';
import type { Home } from './home';
import { osClaims } from './local-user';

export interface SystemSignerOptions {
  readonly home: Home;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly secrets: SystemSecrets;
}

/**
 * What a system signs decisions with. The key is that of F0_SIGNING_KEY_FILE, or of the secret that F0_SIGNING_KEY names;
 * else the home's own, made when it is first needed.
 *
 * Throws `InvalidInput` when the key cannot be read, and what the secret's provider throws.
 */
export async function systemSigner({ home, env, secrets }: SystemSignerOptions): Promise<DecisionSigner> {
  const { F0_SIGNING_KEY: reference, F0_SIGNING_KEY_FILE: file, F0_SIGNING_KEY_ID: keyId } = env;
  if (reference) {
    const privateKey = await secrets.own.resolve(reference);
    return createDecisionSigner({ privateKey, ...(keyId ? { keyId } : {}) });
  }
  if (file) return readSigningKey(file, keyId);
  const own = home.signingKeyFile;
  return existsSync(own) ? readSigningKey(own) : createSigningKey(own);
}

export interface SignerOfOptions {
  readonly env: SystemSignerOptions['env'];
  /** Of the identity provider; null: nobody signs in by one. */
  readonly issuer: string | null;
}

/**
 * Signs for those who are signed in, with what we know of them: what their identity provider says, or our own list of
 * users; whoever has the token of system.json is the user that the system runs as.
 */
export function signerOf(signer: DecisionSigner, { env, issuer }: SignerOfOptions): (caller: Caller) => SignMessage {
  return ({ via, identity: { name, source }, role }) => {
    if (via === 'owner') return signer.as(osClaims(env));
    const iss = source === 'oidc' && issuer !== null ? issuer : 'console';
    return signer.as({ iss, sub: name, name, roles: [role] });
  };
}
