import { resolve } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { Kysely, Migrator, PostgresDialect, type PostgresPool, sql } from 'kysely';
import { Pool, types } from 'pg';
import { failure } from '../contracts/errors';
import { explainFolder, explainMigration, explainPostgres } from './explain';
import { lockFolder } from './folder-lock';
import { migrations } from './migrations';
import { pglitePool } from './pglite-pool';
import type { Schema } from './schema';

/** PostgreSQL by its URL, or the embedded database in a folder of ours. */
export type DatabaseOptions = { readonly url: string; readonly connections?: number } | { readonly folder: string };

export interface Database {
  readonly db: Kysely<Schema>;
  /** True: no other process can have it open, so whoever else is named in it has died. */
  readonly exclusive: boolean;
  /** Throws when it does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** PostgreSQL's type `bigint`: ours are counts and milliseconds, far below 2^53. */
const bigintType = 20;

/**
 * PostgreSQL's own rule takes 160 MB of a process that has better uses for it: our tables are read at their end, and what
 * is read often is in the system's file cache all the same.
 */
const sharedBuffers = '8MB';

/** Long enough for a busy server, short enough to read the reason and try again. */
const connectTimeoutMs = 5_000;

/**
 * Opens the database and brings its tables up to date.
 *
 * Thrown when it cannot: `Conflict` (the folder is open in a running system, or the tables are of a newer version),
 * `Unavailable`, `Timeout`, `PermissionDenied`, `NotFound` or `InvalidInput`; each says what to do.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  return 'url' in options ? openPostgres(options.url, options.connections ?? 10) : openFolder(resolve(options.folder));
}

async function openPostgres(url: string, connections: number): Promise<Database> {
  if (!URL.canParse(url)) {
    throw failure('InvalidInput', 'DATABASE_URL is not a URL: expected postgresql://user:password@host:port/database');
  }
  const pool = new Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: 'framework0',
    types: { getTypeParser: (type, format) => (type === bigintType ? Number : types.getTypeParser(type, format)) },
  });
  // A connection that breaks while idle is replaced at the next use; unheard, the event would end the process.
  pool.on('error', () => undefined);
  const place = new URL(url).host;
  try {
    (await pool.connect()).release();
    return await migrated(pool, { exclusive: false, place, release: async () => undefined });
  } catch (error) {
    if (!pool.ended) await pool.end();
    throw error instanceof ApplicationFailure ? error : explainPostgres(error, url);
  }
}

async function openFolder(folder: string): Promise<Database> {
  let release: (() => Promise<void>) | null = null;
  try {
    release = await lockFolder(folder);
    // Its WebAssembly takes seconds and memory that a process with a PostgreSQL server does not need.
    const { PGlite } = await import('@electric-sql/pglite');
    const startParams = [...PGlite.defaultStartParams, '-c', `shared_buffers=${sharedBuffers}`];
    const pglite = await PGlite.create(folder, { parsers: { [bigintType]: Number }, startParams });
    return await migrated(pglitePool(pglite), { exclusive: true, place: folder, release });
  } catch (error) {
    await release?.();
    throw error instanceof ApplicationFailure ? error : explainFolder(error, folder);
  }
}

interface Opened {
  readonly exclusive: boolean;
  readonly place: string;
  readonly release: () => Promise<void>;
}

async function migrated(pool: PostgresPool, { exclusive, place, release }: Opened): Promise<Database> {
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) {
    await db.destroy();
    throw (error as { code?: unknown }).code === '42501' ? error : explainMigration(error, place);
  }
  return {
    db,
    exclusive,
    ping: async () => {
      await sql`select 1`.execute(db);
    },
    close: async () => {
      await db.destroy();
      await release();
    },
  };
}
