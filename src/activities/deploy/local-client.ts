import { request } from 'undici';
import type { z } from 'zod';
import { failure } from '../../contracts/errors';
import {
  type AgentFile,
  type AppKey,
  appStatusSchema,
  commandAnswerSchema,
  errorAnswerSchema,
  type PrepareRequest,
  type ReleaseRequest,
  readAgentFile,
  type ShiftRequest,
} from './local-protocol';

/** The control API of the local cluster's agent, typed. */
export interface LocalClient {
  prepare(body: PrepareRequest): Promise<z.infer<typeof commandAnswerSchema>>;
  shift(body: ShiftRequest): Promise<z.infer<typeof commandAnswerSchema>>;
  promote(body: ReleaseRequest): Promise<z.infer<typeof commandAnswerSchema>>;
  retire(body: ReleaseRequest): Promise<z.infer<typeof commandAnswerSchema>>;
  status(app: AppKey): Promise<z.infer<typeof appStatusSchema>>;
}

/** Everything there answers at once: what takes long is asked for again. */
const answerTimeoutMs = 10_000;

/**
 * Finds the agent anew for each call, so that one that was restarted is found too.
 * Throws `Unavailable` when no agent answers, and what the agent refuses with its own code.
 */
export function createLocalClient({ home }: { readonly home: string }): LocalClient {
  async function post<T>(path: string, body: unknown, schema: z.ZodType<T>): Promise<T> {
    const agent = await readAgentFile(home);
    if (agent === null) {
      throw failure('Unavailable', 'the local cluster does not run; start it with `f0 up`');
    }
    const { statusCode, text } = await send(agent, path, body);
    const json: unknown = parse(text);
    if (statusCode === 200) return schema.parse(json);
    const refusal = errorAnswerSchema.safeParse(json);
    if (refusal.success) throw failure(refusal.data.code, refusal.data.message);
    throw failure(
      'Unavailable',
      `the local cluster's agent at ${agent.url} answered ${statusCode}: ${text.slice(0, 200)}`,
    );
  }

  return {
    prepare: (body) => post('/v1/prepare', body, commandAnswerSchema),
    shift: (body) => post('/v1/shift', body, commandAnswerSchema),
    promote: (body) => post('/v1/promote', body, commandAnswerSchema),
    retire: (body) => post('/v1/retire', body, commandAnswerSchema),
    status: (app) => post('/v1/status', { app }, appStatusSchema),
  };
}

async function send(agent: AgentFile, path: string, body: unknown): Promise<{ statusCode: number; text: string }> {
  try {
    const response = await request(`${agent.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${agent.token}` },
      body: JSON.stringify(body),
      headersTimeout: answerTimeoutMs,
      bodyTimeout: answerTimeoutMs,
    });
    return { statusCode: response.statusCode, text: await response.body.text() };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw failure(
      'Unavailable',
      `the local cluster's agent at ${agent.url} does not answer (${why}); start it with \`f0 up\``,
      {
        cause: error,
      },
    );
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
