import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { jsonLines } from '../json-lines';
import type { AuditReader } from '../ports';

interface ListQuery {
  readonly workflowId?: string;
  readonly limit: number;
}

const listQuery = {
  type: 'object',
  additionalProperties: false,
  properties: { workflowId: { type: 'string' }, limit: { type: 'integer', minimum: 1, maximum: 10_000, default: 100 } },
} as const;

/** The audit trail: its newest entries, all of it as JSON Lines, and whether its chain holds. */
export function auditRoutes(api: FastifyInstance, audit: AuditReader): void {
  api.get<{ Querystring: ListQuery }>('/audit', { schema: { querystring: listQuery } }, async ({ query }) => ({
    entries: await audit.list(query),
  }));
  api.get('/audit/verify', () => audit.verify());
  api.get('/audit/export', (_request, reply) =>
    reply.type('application/x-ndjson').send(Readable.from(jsonLines(audit.export()))),
  );
}
