import { createHash, timingSafeEqual } from 'node:crypto';
import fastify, { type FastifyInstance } from 'fastify';
import { z } from 'zod';
import {
  appKeySchema,
  prepareRequestSchema,
  releaseRequestSchema,
  shiftRequestSchema,
} from '../../activities/deploy/local-protocol';
import { type ErrorCode, errorCodeOf, failure, rootMessage } from '../../contracts/errors';
import type { ClusterCommands } from './commands';

const statusOf: Readonly<Record<ErrorCode, number>> = {
  InvalidInput: 400,
  PermissionDenied: 403,
  NotFound: 404,
  Conflict: 409,
  CommandFailed: 422,
  ReleaseFailed: 422,
  RateLimited: 429,
  Unavailable: 503,
  Timeout: 504,
};

/** The control API: JSON commands with a token, on this machine only. */
export function createControlApi({
  commands,
  token,
}: {
  readonly commands: ClusterCommands;
  readonly token: string;
}): FastifyInstance {
  const api = fastify({ logger: false });

  api.addHook('onRequest', async (request, reply) => {
    if (sameText(request.headers.authorization ?? '', `Bearer ${token}`)) return;
    await reply.code(403).send({ code: 'PermissionDenied', message: 'the token of agent.json is needed' });
  });
  api.setErrorHandler(async (error, _, reply) => {
    const code = errorCodeOf(error) ?? 'Unavailable';
    await reply.code(statusOf[code]).send({ code, message: rootMessage(errorCodeOf(error) ? topOf(error) : error) });
  });

  api.get('/v1/health', async () => ({ pid: process.pid }));
  api.get('/v1/apps', async () => commands.list());
  api.post('/v1/prepare', async ({ body }) => commands.prepare(parse(prepareRequestSchema, body)));
  api.post('/v1/shift', async ({ body }) => commands.shift(parse(shiftRequestSchema, body)));
  api.post('/v1/promote', async ({ body }) => commands.promote(parse(releaseRequestSchema, body)));
  api.post('/v1/retire', async ({ body }) => commands.retire(parse(releaseRequestSchema, body)));
  api.post('/v1/status', async ({ body }) => commands.status(parse(z.object({ app: appKeySchema }), body).app));
  api.post('/v1/stop', async () => {
    setImmediate(() => void commands.stop());
    return { stopping: true };
  });
  return api;
}

/** Without the cause: the message of a failure is written for people, its cause is not. */
function topOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw failure(
    'InvalidInput',
    parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
  );
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
