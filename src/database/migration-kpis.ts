import { type CreateTableBuilder, type Kysely, sql } from 'kysely';

/** The tables of `schema-kpis.ts`. */
export async function createKpiTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('platforms')
    .addColumn('namespace', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('document', 'text', (column) => column.notNull())
    .addColumn('applied_at', 'bigint', (column) => column.notNull())
    .addColumn('applied_by', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('kpi_cursor')
    .addColumn('id', 'integer', (column) => column.primaryKey().check(sql`id = 1`))
    .addColumn('sequence', 'bigint', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .execute();
  await sql`insert into kpi_cursor (id, sequence, hash, version) values (1, 0, '', 0)`.execute(db);
  await createFactTables(db);
  await db.schema
    .createTable('kpi_days')
    .addColumn('namespace', 'text', (column) => column.notNull())
    .addColumn('workflow', 'text', (column) => column.notNull())
    .addColumn('environment', 'text', (column) => column.notNull())
    .addColumn('day', 'integer', (column) => column.notNull())
    .addColumn('tally', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('kpi_days_key', ['namespace', 'workflow', 'environment', 'day'])
    .execute();
  await db.schema.createIndex('kpi_days_by_day').on('kpi_days').column('day').execute();
}

async function createFactTables(db: Kysely<unknown>): Promise<void> {
  await owned(db, 'kpi_runs', 'run_key')
    .addColumn('started_at', 'bigint')
    .addColumn('committed_at', 'bigint')
    .addColumn('finished_at', 'bigint')
    .execute();
  await owned(db, 'kpi_deployments', 'run_key')
    .addColumn('app', 'text', (column) => column.notNull())
    .addColumn('environment', 'text', (column) => column.notNull())
    .addColumn('ended_at', 'bigint', (column) => column.notNull())
    .addColumn('went_live', 'boolean', (column) => column.notNull())
    .execute();
  await owned(db, 'kpi_failures', 'run_key')
    .addColumn('app', 'text', (column) => column.notNull())
    .addColumn('environment', 'text', (column) => column.notNull())
    .addColumn('breached_at', 'bigint')
    .addColumn('decided_at', 'bigint', (column) => column.notNull())
    .addColumn('traffic_back_at', 'bigint')
    .execute();
  await owned(db, 'kpi_approvals', 'key')
    .addColumn('run_key', 'text', (column) => column.notNull())
    .addColumn('stage', 'text', (column) => column.notNull())
    .addColumn('gate', 'text', (column) => column.notNull())
    .addColumn('requested_at', 'bigint', (column) => column.notNull())
    .addColumn('ended_at', 'bigint')
    .addColumn('outcome', 'text')
    .execute();
  await db.schema.createIndex('kpi_approvals_of_run').on('kpi_approvals').column('run_key').execute();
  for (const table of ['kpi_runs', 'kpi_deployments', 'kpi_failures', 'kpi_approvals']) {
    await db.schema.createIndex(`${table}_of_workflow`).on(table).columns(['namespace', 'workflow']).execute();
  }
}

/** A table of facts, with whose they are. */
function owned(db: Kysely<unknown>, table: string, key: string): CreateTableBuilder<string, string> {
  return db.schema
    .createTable(table)
    .addColumn(key, 'text', (column) => column.primaryKey())
    .addColumn('namespace', 'text', (column) => column.notNull())
    .addColumn('workflow', 'text', (column) => column.notNull())
    .addColumn('release', 'text', (column) => column.notNull());
}
