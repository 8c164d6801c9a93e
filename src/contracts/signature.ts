import { ed25519 } from '@noble/curves/ed25519';
import { utf8ToBytes } from '@noble/hashes/utils';
import { base64 } from '@scure/base';

const signatureBytes = 64;
const keyBytes = 32;

/** Whether an Ed25519 signature (RFC 8032, base64) of a text was made by the holder of a public key. Never throws. */
export function signatureHolds(text: string, signature: string, publicKey: string): boolean {
  try {
    const made = base64.decode(signature);
    const key = base64.decode(publicKey);
    if (made.length !== signatureBytes || key.length !== keyBytes) return false;
    // Strict: points of small order and other encodings of the same signature do not pass.
    return ed25519.verify(made, utf8ToBytes(text), key, { zip215: false });
  } catch {
    // What cannot be decoded is no signature.
    return false;
  }
}
