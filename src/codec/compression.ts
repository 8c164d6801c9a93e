import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { failure } from '../contracts/errors';

const { Payload: PayloadMessage } = temporal.api.common.v1;
const encoding = Buffer.from('binary/gzip');

/** Below this, gzip's own header and the time cost more than the bytes saved. */
const leastBytes = 1024;
/** Larger than any payload a server takes (2 MiB) can honestly become: a bomb is refused, not unpacked. */
const mostBytes = 64 * 1024 * 1024;

/** Gzip for payloads over 1 KiB, when that makes them smaller. What is not compressed passes. */
export class CompressionCodec implements PayloadCodec {
  encode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.all(payloads.map(compress));
  }

  decode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.all(payloads.map(decompress));
  }
}

async function compress(payload: Payload): Promise<Payload> {
  if ((payload.data?.length ?? 0) < leastBytes) return payload;
  const plain = PayloadMessage.encode(payload).finish();
  const data = await promisify(gzip)(plain);
  return data.length < plain.length ? { metadata: { encoding }, data } : payload;
}

async function decompress(payload: Payload): Promise<Payload> {
  if (!encoding.equals(payload.metadata?.encoding ?? Buffer.alloc(0))) return payload;
  try {
    const plain = await promisify(gunzip)(payload.data ?? Buffer.alloc(0), { maxOutputLength: mostBytes });
    return PayloadMessage.decode(plain);
  } catch (cause) {
    throw failure('InvalidInput', 'a compressed payload cannot be unpacked: it was changed or cut short', { cause });
  }
}
