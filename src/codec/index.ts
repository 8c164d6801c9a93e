export { type CodecServer, type CodecServerOptions, startCodecServer } from './codec-server';
export { createDataConverter, createPayloadCodecs } from './data-converter';
export { type EncryptionKey, type EncryptionKeys, loadEncryptionKeys, parseEncryptionKeys } from './keys';
