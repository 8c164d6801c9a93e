import type { Kysely } from 'kysely';
import { dayOf, type OwnedDay, type Tally } from '../../analytics/kpis';
import type { Schema } from '../../database';

export interface DayFilter {
  readonly namespace?: string;
  readonly workflow?: string;
}

/** The aggregates from one day on, to another; both count. */
export async function readDays(
  db: Kysely<Schema>,
  { namespace, workflow }: DayFilter,
  from: number,
  to: number,
): Promise<readonly OwnedDay[]> {
  let query = db.selectFrom('kpi_days').selectAll().where('day', '>=', from).where('day', '<=', to);
  if (namespace !== undefined) query = query.where('namespace', '=', namespace);
  if (workflow !== undefined) query = query.where('workflow', '=', workflow);
  return (await query.execute()).map(({ tally, ...day }) => ({ ...day, tally: JSON.parse(tally) as Tally }));
}

/** The day on which anything went live in production for the first time; null: nothing has. */
export async function firstLiveDay(
  db: Kysely<Schema>,
  { namespace, workflow }: DayFilter,
  isProduction: (namespace: string, environment: string) => boolean,
): Promise<number | null> {
  let query = db
    .selectFrom('kpi_deployments')
    .select(({ fn }) => ['namespace', 'environment', fn.min<number>('ended_at').as('first')])
    .where('went_live', '=', true)
    .groupBy(['namespace', 'environment']);
  if (namespace !== undefined) query = query.where('namespace', '=', namespace);
  if (workflow !== undefined) query = query.where('workflow', '=', workflow);
  const rows = await query.execute();
  const days = rows.filter((row) => isProduction(row.namespace, row.environment)).map(({ first }) => dayOf(first));
  return days.length === 0 ? null : Math.min(...days);
}
