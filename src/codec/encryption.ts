import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { failure } from '../contracts/errors';
import type { EncryptionKey, EncryptionKeys } from './keys';

const { Payload: PayloadMessage } = temporal.api.common.v1;

const cipher = 'aes-256-gcm';
const encoding = Buffer.from('binary/encrypted');
const nonceBytes = 12;
const tagBytes = 16;

/**
 * AES-256-GCM over the whole payload, its metadata included. The data is nonce, ciphertext and tag; the key's id is in
 * the metadata and is authenticated, so a payload cannot be passed off as another key's.
 *
 * Payloads that are not encrypted pass: histories from before encryption was turned on stay readable. Decoding throws
 * `NotFound` for a key id that is not there and `InvalidInput` for a payload that was changed; the first one is retried
 * by nobody, so a worker that lacks a key must be given it, not waited for.
 */
export class EncryptionCodec implements PayloadCodec {
  readonly #active: EncryptionKey;
  readonly #keys: ReadonlyMap<string, EncryptionKey>;

  constructor(keys: EncryptionKeys) {
    this.#active = keys.active;
    this.#keys = new Map(keys.all.map((key) => [key.id, key]));
  }

  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => seal(payload, this.#active));
  }

  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => (isEncrypted(payload) ? this.#open(payload) : payload));
  }

  #open(payload: Payload): Payload {
    const id = Buffer.from(payload.metadata?.['encryption-key-id'] ?? []).toString();
    const key = this.#keys.get(id);
    if (key) return unseal(payload, key);
    const known = [...this.#keys.keys()].join(', ');
    throw failure('NotFound', `a payload is encrypted with key "${id}"; the keys here are: ${known}`);
  }
}

export function isEncrypted(payload: Payload): boolean {
  return encoding.equals(payload.metadata?.encoding ?? Buffer.alloc(0));
}

function seal(payload: Payload, { id, key }: EncryptionKey): Payload {
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, key, nonce, { authTagLength: tagBytes });
  sealing.setAAD(Buffer.from(id));
  const text = sealing.update(PayloadMessage.encode(payload).finish());
  const data = Buffer.concat([nonce, text, sealing.final(), sealing.getAuthTag()]);
  return { metadata: { encoding, 'encryption-key-id': Buffer.from(id) }, data };
}

function unseal({ data }: Payload, { id, key }: EncryptionKey): Payload {
  const bytes = Buffer.from(data ?? []);
  try {
    const opening = createDecipheriv(cipher, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
    opening.setAAD(Buffer.from(id));
    opening.setAuthTag(bytes.subarray(-tagBytes));
    const text = opening.update(bytes.subarray(nonceBytes, -tagBytes));
    return PayloadMessage.decode(Buffer.concat([text, opening.final()]));
  } catch (cause) {
    const message = `a payload does not open with key "${id}": it was changed, or the key of that id is another one`;
    throw failure('InvalidInput', message, { cause });
  }
}
