import { type Kysely, type Migration, sql } from 'kysely';
import { createKpiTables } from './migration-kpis';

/** What the chain starts from: the `previous_hash` of row 1. */
export const genesisHash = '0'.repeat(64);

/** Run in the order of their names. One that was released is never changed. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001_audit': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('audit_entries')
        .addColumn('sequence', 'bigint', (column) => column.primaryKey())
        .addColumn('key', 'text', (column) => column.notNull().unique())
        .addColumn('workflow_id', 'text', (column) => column.notNull())
        .addColumn('namespace', 'text', (column) => column.notNull())
        .addColumn('entry', 'text', (column) => column.notNull())
        .addColumn('previous_hash', 'text', (column) => column.notNull())
        .addColumn('hash', 'text', (column) => column.notNull())
        .execute();
      await db.schema
        .createIndex('audit_entries_of_workflow')
        .on('audit_entries')
        .columns(['workflow_id', 'sequence'])
        .execute();
      await db.schema
        .createTable('audit_head')
        .addColumn('id', 'integer', (column) => column.primaryKey().check(sql`id = 1`))
        .addColumn('count', 'bigint', (column) => column.notNull())
        .addColumn('last_hash', 'text', (column) => column.notNull())
        .execute();
      await sql`insert into audit_head (id, count, last_hash) values (1, 0, ${sql.lit(genesisHash)})`.execute(db);
    },
  },
  '0002_watches': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('watches')
        .addColumn('key', 'text', (column) => column.primaryKey())
        .addColumn('task_token', 'text', (column) => column.notNull())
        .addColumn('workflow_id', 'text', (column) => column.notNull())
        .addColumn('input', 'text', (column) => column.notNull())
        .addColumn('heartbeat_timeout_ms', 'integer', (column) => column.notNull())
        .addColumn('owner', 'text', (column) => column.notNull())
        .addColumn('state', 'text')
        .execute();
      await db.schema.createIndex('watches_of_owner').on('watches').column('owner').execute();
      await db.schema
        .createTable('observers')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('seen_at', 'bigint', (column) => column.notNull())
        .execute();
    },
  },
  '0003_alerts': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('alerts')
        .addColumn('namespace', 'text', (column) => column.notNull())
        .addColumn('fingerprint', 'text', (column) => column.notNull())
        .addColumn('started_at', 'bigint', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('alert', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('alerts_key', ['namespace', 'fingerprint', 'started_at'])
        .execute();
      await db.schema.createIndex('alerts_by_time').on('alerts').columns(['namespace', 'started_at']).execute();
      await db.schema
        .createTable('alert_silences')
        .addColumn('id', 'text', (column) => column.notNull())
        .addColumn('namespace', 'text', (column) => column.notNull())
        .addColumn('silence', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('alert_silences_key', ['namespace', 'id'])
        .execute();
    },
  },
  '0004_kpis': { up: createKpiTables },
  '0005_console': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('console_sessions')
        .addColumn('id_hash', 'text', (column) => column.primaryKey())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('display_name', 'text', (column) => column.notNull())
        .addColumn('role', 'text', (column) => column.notNull())
        .addColumn('source', 'text', (column) => column.notNull())
        .addColumn('seen_at', 'bigint', (column) => column.notNull())
        .addColumn('expires_at', 'bigint', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('console_tokens')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('secret_hash', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('role', 'text', (column) => column.notNull())
        .addColumn('created_by', 'text', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('expires_at', 'bigint')
        .addColumn('last_used_at', 'bigint')
        .execute();
      await db.schema
        .createTable('console_sign_ins')
        .addColumn('state_hash', 'text', (column) => column.primaryKey())
        .addColumn('nonce', 'text', (column) => column.notNull())
        .addColumn('verifier', 'text', (column) => column.notNull())
        .addColumn('expires_at', 'bigint', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('console_looks')
        .addColumn('environment', 'text', (column) => column.primaryKey())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('result', 'text', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('console_hooks')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('seen_at', 'bigint', (column) => column.notNull())
        .execute();
    },
  },
};
