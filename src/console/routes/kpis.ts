import type { FastifyInstance } from 'fastify';
import { failure } from '../../contracts/errors';
import type { KpiReader } from '../../contracts/kpis';

interface KpiQuery {
  readonly days: number;
  readonly namespace?: string;
  readonly workflow?: string;
}

const query = {
  type: 'object',
  additionalProperties: false,
  properties: {
    days: { type: 'integer', minimum: 1, maximum: 366, default: 30 },
    namespace: { type: 'string' },
    workflow: { type: 'string' },
  },
} as const;

/** What executives look at; null: this system computes no figures. */
export function kpiRoutes(api: FastifyInstance, kpis: KpiReader | null): void {
  api.get<{ Querystring: KpiQuery }>('/kpis', { schema: { querystring: query } }, async (request) => {
    if (!kpis) throw failure('Unavailable', 'this system computes no figures: it has no database');
    return kpis.report(request.query);
  });
}
