import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { AuditFilter } from '../../activities/audit';
import type { AuditPage } from '../api';
import { jsonLines } from '../json-lines';
import type { AuditReader } from '../ports';
import { answers, name, object, sends } from './schema';

const listQuery = object({
  workflowId: { type: 'string', maxLength: 600 },
  namespace: name,
  actor: name,
  action: name,
  before: { type: 'integer', minimum: 1 },
  limit: { type: 'integer', minimum: 1, maximum: 10_000, default: 100 },
});

/** The audit trail: its newest entries, all of it as JSON Lines, and whether its chain holds. */
export function auditRoutes(api: FastifyInstance, audit: AuditReader): void {
  api.get<{ Querystring: AuditFilter }>(
    '/audit',
    { schema: { ...answers('AuditPage', 'Entries of the audit trail, newest first'), querystring: listQuery } },
    async ({ query }): Promise<AuditPage> => ({ entries: await audit.list(query) }),
  );
  api.get('/audit/verify', { schema: answers('AuditVerification', 'Checks the chain over every entry') }, () =>
    audit.verify(),
  );
  api.get(
    '/audit/export',
    { schema: sends('application/x-ndjson', 'The whole trail as JSON Lines') },
    async (_request, reply) => {
      const lines = jsonLines(audit.export());
      // The first one before the answer begins: a database that is away is said so by the status.
      const first = await lines.next();
      return reply
        .type('application/x-ndjson')
        .header('content-disposition', 'attachment; filename="audit.jsonl"')
        .send(Readable.from(first.done ? [] : following(first.value, lines)));
    },
  );
}

async function* following<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T, void, void> {
  yield first;
  yield* rest;
}
