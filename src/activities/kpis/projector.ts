import { type Kysely, sql } from 'kysely';
import type { Logger } from 'pino';
import { FactBook, readEntry, runKeyOf } from '../../analytics/kpis';
import type { AuditEntry } from '../../contracts/audit';
import { failure, rootMessage } from '../../contracts/errors';
import { answering, type Database, type Schema } from '../../database';
import { clearFacts, factsOfRuns, saveFacts } from './fact-store';
import type { KpiProjector } from './port';
import { retally } from './retally';

export interface KpiProjectorOptions {
  readonly database: Database;
  readonly logger: Pick<Logger, 'warn'>;
  /** Rows of the log that become facts in one transaction. @default 500: half a second of the embedded database when a long log is read anew, which others wait for */
  readonly batchSize?: number;
}

/** Any number that nothing else in the database uses for its advisory locks. */
const projectorLock = 4_712_046_115;

/** Of the rules in `analytics/kpis`: when entries become other facts, or facts other tallies, this goes up. */
const rulesVersion = 1;

/** A run writes several batches of entries one after the other: they are read together. */
const pauseMs = 250;

/**
 * Reads the audit log from where it stands in the database. Facts, aggregates and cursor are written in one transaction
 * under one lock: a process that dies in the middle has done nothing, and several processes take turns.
 */
export function createKpiProjector({ database, logger, batchSize = 500 }: KpiProjectorOptions): KpiProjector {
  let stopped = false;
  let timer: NodeJS.Timeout | null = null;
  let work: Promise<void> = Promise.resolve();

  const readOn = async () => {
    if (stopped) throw failure('Unavailable', 'the process is ending: nothing is computed any more');
    const step = () => answering(() => database.db.transaction().execute((tx) => projectBatch(tx, batchSize)));
    while ((await step()) && !stopped);
  };
  const catchUp = () => {
    const done = work.then(readOn);
    work = done.catch(() => undefined);
    return done;
  };
  const readInBackground = () => {
    timer = null;
    // What is not read now is read with the next entry, or when somebody asks.
    catchUp().catch((error: unknown) => {
      if (!stopped) logger.warn({ reason: rootMessage(error) }, 'the figures of delivery are behind the audit log');
    });
  };
  return {
    wake: () => {
      if (!stopped) timer ??= setTimeout(readInBackground, pauseMs).unref();
    },
    catchUp,
    stop: async () => {
      stopped = true;
      if (timer) clearTimeout(timer);
      await work;
    },
  };
}

/** True: there may be more. */
async function projectBatch(tx: Kysely<Schema>, batchSize: number): Promise<boolean> {
  await sql`select pg_advisory_xact_lock(${sql.lit(projectorLock)})`.execute(tx);
  const after = await startOf(tx);
  const rows = await tx
    .selectFrom('audit_entries')
    .select(['sequence', 'hash', 'entry'])
    .where('sequence', '>', after)
    .orderBy('sequence')
    .limit(batchSize)
    .execute();
  const last = rows.at(-1);
  if (!last) return false;
  const entries = rows.flatMap(({ entry }) => parse(entry) ?? []);
  const book = new FactBook(await factsOfRuns(tx, [...new Set(entries.map(runKeyOf))]));
  for (const entry of entries) readEntry(entry, book);
  const changed = book.changed();
  await saveFacts(tx, changed);
  await retally(tx, changed);
  await tx.updateTable('kpi_cursor').set({ sequence: last.sequence, hash: last.hash, version: rulesVersion }).execute();
  return rows.length === batchSize;
}

/** Where the cursor stands; 0, and nothing computed, when it is of other rules or of another log. */
async function startOf(tx: Kysely<Schema>): Promise<number> {
  const cursor = await tx.selectFrom('kpi_cursor').selectAll().executeTakeFirst();
  if (!cursor) throw failure('Conflict', 'the row of kpi_cursor was removed: restore the database from a backup');
  const { sequence, hash, version } = cursor;
  const row = await tx.selectFrom('audit_entries').select('hash').where('sequence', '=', sequence).executeTakeFirst();
  if (version === rulesVersion && (sequence === 0 || row?.hash === hash)) return sequence;
  await clearFacts(tx);
  await tx.updateTable('kpi_cursor').set({ sequence: 0, hash: '', version: rulesVersion }).execute();
  return 0;
}

/** Null for a row that somebody changed into something else: the verification of the log says so, the figures go on. */
function parse(text: string): AuditEntry | null {
  try {
    const entry: unknown = JSON.parse(text, (_, value) => (typeof value === 'string' ? storable(value) : value));
    const isEntry = typeof entry === 'object' && entry !== null && 'key' in entry && typeof entry.key === 'string';
    return isEntry ? (entry as AuditEntry) : null;
  } catch {
    return null;
  }
}

/** PostgreSQL's text has neither a NUL character nor half a surrogate pair. */
function storable(text: string): string {
  return Buffer.from(text).toString().replaceAll('\0', '\uFFFD');
}
