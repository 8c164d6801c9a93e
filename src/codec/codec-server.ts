import type { AddressInfo } from 'node:net';
import cors from '@fastify/cors';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import fastify, { type FastifyBaseLogger } from 'fastify';
import { rootMessage } from '../contracts/errors';
import { createPayloadCodecs } from './data-converter';
import type { EncryptionKeys } from './keys';

const { Payloads } = temporal.api.common.v1;

/** The web interface sends a page of history in one request: a few thousand payloads of up to 2 MiB at the very most. */
const bodyLimit = 128 * 1024 * 1024;

export interface CodecServerOptions {
  readonly keys: EncryptionKeys;
  /** 0: a free one. */
  readonly port: number;
  /**
   * Whoever reaches it reads every payload: another address needs a proxy in front that checks who asks.
   * @default 127.0.0.1
   */
  readonly host?: string;
  /** Origins of the web pages that may ask, as `http://localhost:8233`. */
  readonly allowedOrigins: readonly string[];
  /** @default none */
  readonly logger?: FastifyBaseLogger;
}

export interface CodecServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Temporal's codec server protocol: POST /encode and /decode take and answer `{ "payloads": [...] }` in protobuf JSON.
 * The web interface and `temporal --codec-endpoint` call it to show payloads, which the Temporal server cannot read.
 *
 * Throws (EADDRINUSE) when the port is taken. Answers 400 with a reason for what cannot be decoded.
 */
export async function startCodecServer(options: CodecServerOptions): Promise<CodecServer> {
  const codecs = createPayloadCodecs(options.keys);
  const server = fastify({ bodyLimit, ...(options.logger ? { loggerInstance: options.logger } : {}) });
  await server.register(cors, {
    origin: [...options.allowedOrigins],
    methods: ['POST'],
    // The web interface names the namespace in a header, and may pass on the user's token.
    allowedHeaders: ['content-type', 'x-namespace', 'authorization'],
    credentials: true,
  });
  server.post('/encode', ({ body }) => answer(body, codecs, 'encode'));
  server.post('/decode', ({ body }) => answer(body, [...codecs].reverse(), 'decode'));
  server.setErrorHandler((error, _request, reply) => reply.code(400).send({ error: rootMessage(error) }));
  await server.listen({ port: options.port, host: options.host ?? '127.0.0.1' });
  const { address, port } = server.server.address() as AddressInfo;
  return { url: `http://${address.includes(':') ? `[${address}]` : address}:${port}`, close: () => server.close() };
}

async function answer(body: unknown, codecs: readonly PayloadCodec[], direction: 'encode' | 'decode'): Promise<object> {
  let payloads: Payload[] = Payloads.fromObject((body ?? {}) as Record<string, unknown>).payloads;
  for (const codec of codecs) payloads = await codec[direction](payloads);
  return Payloads.toObject(Payloads.fromObject({ payloads }), { bytes: String });
}
