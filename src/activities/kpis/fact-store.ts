import { type Kysely, sql } from 'kysely';
import type { FactOwner, Facts } from '../../analytics/kpis';
import type { Schema } from '../../database';
import {
  approvalFact,
  approvalRow,
  deploymentFact,
  deploymentRow,
  failureFact,
  failureRow,
  runFact,
  runRow,
} from './fact-columns';

type Db = Kysely<Schema>;

/** PostgreSQL takes 65,535 parameters a statement; the widest row has nine. */
const rowsAtOnce = 5_000;

/** What is known of these runs and may still change: the runs themselves, and the questions they have asked. */
export async function factsOfRuns(db: Db, runKeys: readonly string[]): Promise<Facts> {
  const isOneOf = sql<string>`any(${[...runKeys]})`;
  const runs = await db.selectFrom('kpi_runs').selectAll().where('run_key', '=', isOneOf).execute();
  const approvals = await db.selectFrom('kpi_approvals').selectAll().where('run_key', '=', isOneOf).execute();
  return { runs: runs.map(runFact), deployments: [], failures: [], approvals: approvals.map(approvalFact) };
}

export async function factsOfWorkflow(db: Db, owner: Omit<FactOwner, 'release'>): Promise<Facts> {
  const { namespace, workflow } = owner;
  const [runs, deployments, failures, approvals] = [
    await db
      .selectFrom('kpi_runs')
      .selectAll()
      .where('namespace', '=', namespace)
      .where('workflow', '=', workflow)
      .execute(),
    await db
      .selectFrom('kpi_deployments')
      .selectAll()
      .where('namespace', '=', namespace)
      .where('workflow', '=', workflow)
      .execute(),
    await db
      .selectFrom('kpi_failures')
      .selectAll()
      .where('namespace', '=', namespace)
      .where('workflow', '=', workflow)
      .execute(),
    await db
      .selectFrom('kpi_approvals')
      .selectAll()
      .where('namespace', '=', namespace)
      .where('workflow', '=', workflow)
      .execute(),
  ];
  return {
    runs: runs.map(runFact),
    deployments: deployments.map(deploymentFact),
    failures: failures.map(failureFact),
    approvals: approvals.map(approvalFact),
  };
}

/** Each fact under its key, instead of the one that was there. */
export async function saveFacts(db: Db, { runs, deployments, failures, approvals }: Facts): Promise<void> {
  for (const rows of slices(runs.map(runRow))) {
    await db
      .insertInto('kpi_runs')
      .values(rows)
      .onConflict((on) =>
        on.column('run_key').doUpdateSet(({ ref }) => ({
          started_at: ref('excluded.started_at'),
          committed_at: ref('excluded.committed_at'),
          finished_at: ref('excluded.finished_at'),
        })),
      )
      .execute();
  }
  // The last entry of a deployment is written once: what comes again is the same.
  for (const rows of slices(deployments.map(deploymentRow))) {
    await db
      .insertInto('kpi_deployments')
      .values(rows)
      .onConflict((on) => on.column('run_key').doNothing())
      .execute();
  }
  for (const rows of slices(failures.map(failureRow))) {
    await db
      .insertInto('kpi_failures')
      .values(rows)
      .onConflict((on) => on.column('run_key').doNothing())
      .execute();
  }
  for (const rows of slices(approvals.map(approvalRow))) {
    await db
      .insertInto('kpi_approvals')
      .values(rows)
      .onConflict((on) =>
        on
          .column('key')
          .doUpdateSet(({ ref }) => ({ ended_at: ref('excluded.ended_at'), outcome: ref('excluded.outcome') })),
      )
      .execute();
  }
}

export async function clearFacts(db: Db): Promise<void> {
  for (const table of ['kpi_runs', 'kpi_deployments', 'kpi_failures', 'kpi_approvals', 'kpi_days'] as const) {
    await db.deleteFrom(table).execute();
  }
}

function slices<Row>(rows: readonly Row[]): Row[][] {
  const count = Math.ceil(rows.length / rowsAtOnce);
  return Array.from({ length: count }, (_, index) => rows.slice(index * rowsAtOnce, (index + 1) * rowsAtOnce));
}
