import type { DataConverter, PayloadCodec } from '@temporalio/common';
import { CompressionCodec } from './compression';
import { EncryptionCodec } from './encryption';
import type { EncryptionKeys } from './keys';

/** Compress, then encrypt: what is encrypted does not compress any more. Decoding goes the other way round. */
export function createPayloadCodecs(keys: EncryptionKeys): PayloadCodec[] {
  return [new CompressionCodec(), new EncryptionCodec(keys)];
}

/**
 * What clients and workers are given alike. Without keys it is empty: payloads stay plain JSON, which Temporal's web
 * interface shows as it is.
 */
export function createDataConverter(keys: EncryptionKeys | null): DataConverter {
  if (!keys) return {};
  return { payloadCodecs: createPayloadCodecs(keys), failureConverterPath: require.resolve('./failure-converter') };
}
