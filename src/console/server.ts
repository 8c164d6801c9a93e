import { timingSafeEqual } from 'node:crypto';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { ApiParts } from './ports';
import { auditRoutes } from './routes/audit';
import { kpiRoutes } from './routes/kpis';
import { platformRoutes } from './routes/platforms';
import { runRoutes } from './routes/runs';
import { signatureRoutes } from './routes/signatures';
import { watchRoutes } from './routes/watches';

export interface ApiOptions {
  readonly parts: ApiParts;
  /** Whoever can read system.json has it: the owner of this home. */
  readonly token: string;
}

export interface RunningApi {
  readonly url: string;
  close(): Promise<void>;
}

const host = '127.0.0.1';

/** The API of a system on one machine: it listens on the loopback alone, and answers those who have the token. */
export async function startApi(options: ApiOptions, port: number): Promise<RunningApi> {
  const app = createApi(options);
  const url = await app.listen({ host, port });
  return { url, close: () => app.close() };
}

export function createApi({ parts, token }: ApiOptions): FastifyInstance {
  const app = fastify({ forceCloseConnections: true });
  // A page that a browser was lured to may resolve its own name to 127.0.0.1: such requests carry that name.
  app.addHook('onRequest', async (request, reply) => {
    if (!isLoopbackName(request.hostname)) return refuse(reply, 403, 'this API answers to 127.0.0.1 only');
    return undefined;
  });
  app.get('/health', async () => ({ status: 'ok', pid: process.pid }));
  app.get('/ready', async (_request, reply) => {
    const missing = await parts.notReady();
    return reply.code(missing === null ? 200 : 503).send({ ready: missing === null, reason: missing });
  });
  void app.register(
    async (api) => {
      api.addHook('onRequest', async (request, reply) => {
        if (!hasToken(request, token)) return refuse(reply, 401, 'the token of system.json is missing or wrong');
        return undefined;
      });
      auditRoutes(api, parts.audit);
      runRoutes(api, parts.logs);
      watchRoutes(api, parts.watches);
      signatureRoutes(api, parts.sign);
      kpiRoutes(api, parts.kpis);
      platformRoutes(api, parts.platforms);
    },
    { prefix: '/api/v1' },
  );
  return app;
}

function hasToken(request: FastifyRequest, token: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function isLoopbackName(name: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]', '::1'].includes(name.replace(/:\d+$/, ''));
}

function refuse(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).send({ error: { message } });
}
