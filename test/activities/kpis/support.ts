import { createAuditLog } from '../../../src/activities/audit';
import { createKpiProjector, type KpiProjectorOptions } from '../../../src/activities/kpis';
import { tallyDays } from '../../../src/analytics/kpis';
import type { AuditEntry } from '../../../src/contracts/audit';
import { type Database, genesisHash } from '../../../src/database';
import { factsOf } from '../../analytics/kpis/support';

export const silent = { warn: () => undefined };

export function projectorOf(database: Database, change: Partial<KpiProjectorOptions> = {}) {
  return createKpiProjector({ database, logger: silent, ...change });
}

/** As if nothing had ever been recorded. */
export async function clear({ db }: Database): Promise<void> {
  for (const table of [
    'audit_entries',
    'audit_head',
    'kpi_runs',
    'kpi_deployments',
    'kpi_failures',
    'kpi_approvals',
    'kpi_days',
    'platforms',
  ] as const) {
    await db.deleteFrom(table).execute();
  }
  await db.insertInto('audit_head').values({ id: 1, count: 0, last_hash: genesisHash }).execute();
  await db.updateTable('kpi_cursor').set({ sequence: 0, hash: '', version: 0 }).execute();
}

export async function record(database: Database, entries: readonly AuditEntry[]): Promise<void> {
  await createAuditLog(database).append(entries);
}

/** The aggregates as they are in the database, by day and environment. */
export async function storedDays({ db }: Database): Promise<Record<string, unknown>> {
  const rows = await db.selectFrom('kpi_days').selectAll().execute();
  return Object.fromEntries(rows.map(({ day, environment, tally }) => [`${day}/${environment}`, JSON.parse(tally)]));
}

/** The same, computed at once from all entries of one workflow. */
export function computedDays(entries: readonly AuditEntry[]): Record<string, unknown> {
  return Object.fromEntries(
    tallyDays(factsOf(entries)).map(({ day, environment, tally }) => [`${day}/${environment}`, tally]),
  );
}
