import type { FastifyInstance } from 'fastify';
import type { LogReader } from '../ports';

interface LogRequest {
  readonly Params: { readonly id: string };
  readonly Querystring: { readonly stage?: string };
}

const logQuery = { type: 'object', additionalProperties: false, properties: { stage: { type: 'string' } } } as const;

/** What the commands of a run printed; the id is the workflow's, percent-encoded. */
export function runRoutes(api: FastifyInstance, logs: LogReader): void {
  api.get<LogRequest>('/runs/:id/logs', { schema: { querystring: logQuery } }, async ({ params, query }) => ({
    logs: await logs.ofRun(params.id, query.stage),
  }));
}
