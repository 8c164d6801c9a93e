import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { CommandInput } from '../contracts/messages';
import { type Assertion, type Claims, type SignedCommand, statementOf } from '../contracts/proof';
import { InvalidInput } from './errors';

/** Signs a message for one workflow, as the person that the claims name: `by` is theirs, whatever it was before. */
export type SignMessage = <Message extends CommandInput>(
  command: SignedCommand,
  workflowId: string,
  message: Message,
) => Promise<Message>;

export interface DecisionSigner {
  /** As the platform's `signing_keys` has it. */
  readonly keyId: string;
  /** 32 bytes, base64. */
  readonly publicKey: string;
  /** Whoever calls this answers for the claims: a key may be limited to certain `people` by the platform. */
  as(claims: Claims): SignMessage;
}

export interface DecisionSignerOptions {
  /** Ed25519; text: PEM, PKCS #8. */
  readonly privateKey: KeyObject | string;
  /** @default made from the public key: `ed25519-` and 16 digits of its hash */
  readonly keyId?: string;
  /** @default the clock of this machine */
  readonly now?: () => Date;
}

/** Throws `InvalidInput` for what is no private key of Ed25519. */
export function createDecisionSigner({
  privateKey,
  keyId,
  now = () => new Date(),
}: DecisionSignerOptions): DecisionSigner {
  const key = typeof privateKey === 'string' ? parseKey(privateKey) : privateKey;
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new InvalidInput(
      `the key is of type ${key.asymmetricKeyType ?? key.type}; decisions are signed with Ed25519`,
    );
  }
  const publicKey = rawPublicKey(key);
  const id = keyId ?? `ed25519-${createHash('sha256').update(publicKey).digest('hex').slice(0, 16)}`;
  return {
    keyId: id,
    publicKey: publicKey.toString('base64'),
    as: (claims) => async (command, workflowId, message) => {
      const by = { name: claims.name, source: isAddress(claims.iss) ? 'oidc' : 'signed' } as const;
      const proof: Assertion = { keyId: id, workflowId, claims, signedAt: now().toISOString() };
      const signature = sign(null, Buffer.from(statementOf(command, { ...message, by, proof })), key).toString(
        'base64',
      );
      return { ...message, by, proof: { ...proof, signature } };
    },
  };
}

/** A new private key: PEM, PKCS #8. */
export function newSigningKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function parseKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    // Without its cause: what was given may be a secret.
    throw new InvalidInput(
      'the signing key cannot be read: a private key in PEM (PKCS #8), without a password, was expected',
    );
  }
}

function rawPublicKey(key: KeyObject): Buffer {
  return Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url');
}

/** An identity provider is named by its address. */
function isAddress(issuer: string): boolean {
  return /^https?:\/\//.test(issuer);
}
