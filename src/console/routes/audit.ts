import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { AuditFilter } from '../../activities/audit';
import { jsonLines } from '../json-lines';
import type { AuditReader } from '../ports';

const listQuery = {
  type: 'object',
  additionalProperties: false,
  properties: {
    workflowId: { type: 'string' },
    namespace: { type: 'string' },
    before: { type: 'integer', minimum: 1 },
    limit: { type: 'integer', minimum: 1, maximum: 10_000, default: 100 },
  },
} as const;

/** The audit trail: its newest entries, all of it as JSON Lines, and whether its chain holds. */
export function auditRoutes(api: FastifyInstance, audit: AuditReader): void {
  api.get<{ Querystring: AuditFilter }>('/audit', { schema: { querystring: listQuery } }, async ({ query }) => ({
    entries: await audit.list(query),
  }));
  api.get('/audit/verify', () => audit.verify());
  api.get('/audit/export', (_request, reply) =>
    reply.type('application/x-ndjson').send(Readable.from(jsonLines(audit.export()))),
  );
}
