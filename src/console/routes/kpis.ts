import type { FastifyInstance } from 'fastify';
import type { KpiReader } from '../../contracts/kpis';
import { HttpError } from '../errors';
import { answers, name, object } from './schema';

const query = object({
  days: { type: 'integer', minimum: 1, maximum: 366, default: 30 },
  namespace: name,
  workflow: name,
});

interface KpiQuery {
  readonly days: number;
  readonly namespace?: string;
  readonly workflow?: string;
}

/** What executives look at; null: this system computes no figures. */
export function kpiRoutes(api: FastifyInstance, kpis: KpiReader | null): void {
  api.get<{ Querystring: KpiQuery }>(
    '/kpis',
    { schema: { ...answers('KpiReport', 'Figures of delivery, service levels and business'), querystring: query } },
    async (request) => {
      if (!kpis) throw new HttpError(501, 'NotSetUp', 'this system computes no figures', null);
      return kpis.report(request.query);
    },
  );
}
