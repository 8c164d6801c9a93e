import { type Kysely, sql } from 'kysely';
import type { AuditEntry } from '../../contracts/audit';
import { failure } from '../../contracts/errors';
import { type AuditEntriesTable, answering, type Database, type Schema } from '../../database';
import { canonicalText, type Link, link } from './chain';
import { EntryQueue, type PreparedEntry } from './entry-queue';
import type { AuditFilter, AuditHead, AuditLine, AuditLog, AuditRow, AuditVerification } from './port';
import { verifyChain } from './verify-chain';

/** Any number that nothing else in the database uses for its advisory locks. */
const chainLock = 4_712_046_114;

/** A page of rows while all are read: some hundred KiB. */
const pageSize = 1_000;

export interface AuditLogOptions {
  /** Told once of each entry, after it is in the log. */
  readonly onAppended?: (entries: readonly AuditEntry[]) => void;
}

export function createAuditLog(database: Database, { onAppended }: AuditLogOptions = {}): AuditLog {
  const { db } = database;
  const queue = new EntryQueue(async (prepared) => {
    const fresh = await insert(db, prepared);
    onAppended?.(fresh.map(({ entry }) => entry));
  });
  return {
    append: async (entries) => {
      const prepared = entries.map((entry) => ({ key: columnText(entry.key), entry, text: canonicalText(entry) }));
      await answering(() => queue.add(prepared));
    },
    verify: () => answering(() => verify(db)),
    export: () => exportLines(db),
    list: (filter = {}) => answering(() => list(db, filter)),
  };
}

/**
 * One transaction: the lock makes appends of all processes one after the other, so the chain has one end. Answers with the
 * entries that were not there before.
 */
async function insert(db: Kysely<Schema>, prepared: readonly PreparedEntry[]): Promise<readonly PreparedEntry[]> {
  return db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${sql.lit(chainLock)})`.execute(tx);
    const keys = prepared.map(({ key }) => key);
    const known = await tx
      .selectFrom('audit_entries')
      .select('key')
      .where('key', '=', sql<string>`any(${keys})`)
      .execute();
    const seen = new Set(known.map(({ key }) => key));
    const fresh = prepared.filter(({ key }) => !seen.has(key) && seen.add(key));
    if (fresh.length === 0) return fresh;

    const { count, lastHash } = await headToExtend(tx);
    const links = link(
      fresh.map(({ text }) => text),
      count,
      lastHash,
    );
    const rows = links.map((made, index) => ({ ...columnsOf(made), ...keyColumns(fresh[index]?.entry) }));
    for (let from = 0; from < rows.length; from += pageSize) {
      await tx
        .insertInto('audit_entries')
        .values(rows.slice(from, from + pageSize))
        .execute();
    }
    const last = links.at(-1);
    if (last) await tx.updateTable('audit_head').set({ count: last.sequence, last_hash: last.hash }).execute();
    return fresh;
  });
}

function columnsOf({ sequence, previousHash, hash, text }: Link) {
  return { sequence, previous_hash: previousHash, hash, entry: text };
}

/** What an entry can be found by. */
function keyColumns(entry: Partial<AuditEntry> = {}) {
  const { key = '', workflowId = '', namespace = '' } = entry;
  return { key: columnText(key), workflow_id: columnText(workflowId), namespace: columnText(namespace) };
}

/** PostgreSQL's text has neither a NUL character nor half a surrogate pair; the entry itself keeps them, escaped. */
function columnText(text: string): string {
  return Buffer.from(text).toString().replaceAll('\0', '\uFFFD');
}

/** Thrown when somebody removed it: `Conflict`; to go on without it would hide that rows were cut off. */
async function headToExtend(db: Kysely<Schema>): Promise<AuditHead['head']> {
  const head = await headOf(db);
  if (head === null)
    throw failure('Conflict', 'the head of the audit log was removed: restore the database from a backup');
  return head;
}

async function headOf(db: Kysely<Schema>): Promise<AuditHead['head'] | null> {
  const row = await db.selectFrom('audit_head').select(['count', 'last_hash']).executeTakeFirst();
  return row ? { count: row.count, lastHash: row.last_hash } : null;
}

/** In one snapshot, so that what is appended meanwhile is neither row nor head of it. */
function verify(db: Kysely<Schema>): Promise<AuditVerification> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (tx) => verifyChain(links(tx, Number.MAX_SAFE_INTEGER), await headOf(tx)));
}

/** Not in one transaction: whoever reads slowly would hold it open. Rows up to the head of the beginning never change. */
async function* exportLines(db: Kysely<Schema>): AsyncGenerator<AuditLine, void, void> {
  const head = await answering(() => headOf(db));
  for await (const { text, ...row } of links(db, head?.count ?? Number.MAX_SAFE_INTEGER)) {
    yield { ...row, entry: entryOf(text) };
  }
  if (head) yield { head };
}

async function* links(db: Kysely<Schema>, upTo: number): AsyncGenerator<Link, void, void> {
  let after = Number.MIN_SAFE_INTEGER;
  for (;;) {
    const page = await answering(() =>
      db
        .selectFrom('audit_entries')
        .selectAll()
        .where('sequence', '>', after)
        .where('sequence', '<=', upTo)
        .orderBy('sequence')
        .limit(pageSize)
        .execute(),
    );
    yield* page.map(toLink);
    const last = page.at(-1);
    if (!last || page.length < pageSize) return;
    after = last.sequence;
  }
}

function toLink(row: AuditEntriesTable): Link {
  const { sequence, previous_hash: previousHash, hash, entry: text } = row;
  const expected = keyColumns(entryOf(text));
  const agrees =
    expected.key === row.key && expected.workflow_id === row.workflow_id && expected.namespace === row.namespace;
  // A row that can no longer be found by what it says is as good as changed: its columns become part of what is hashed.
  return {
    sequence,
    previousHash,
    hash,
    text: agrees ? text : `${row.key} ${row.workflow_id} ${row.namespace} ${text}`,
  };
}

async function list(db: Kysely<Schema>, filter: AuditFilter): Promise<AuditRow[]> {
  let query = db
    .selectFrom('audit_entries')
    .selectAll()
    .orderBy('sequence', 'desc')
    .limit(filter.limit ?? 100);
  if (filter.workflowId !== undefined) query = query.where('workflow_id', '=', columnText(filter.workflowId));
  if (filter.namespace !== undefined) query = query.where('namespace', '=', columnText(filter.namespace));
  // They are in no column, but their place in the canonical text is fixed: its first key is `action`, its second `actor`.
  const { action, actor } = filter;
  if (action !== undefined) query = query.where(sql<boolean>`starts_with(entry, ${`{"action":${quoted(action)}`})`);
  if (actor !== undefined)
    query = query.where(sql<boolean>`strpos(entry, ${`"actor":{"name":${quoted(actor)}",`}) > 0`);
  if (filter.before !== undefined) query = query.where('sequence', '<', filter.before);
  return (await query.execute()).map((row) => ({
    sequence: row.sequence,
    previousHash: row.previous_hash,
    hash: row.hash,
    entry: entryOf(row.entry),
  }));
}

/** As in JSON, without the closing quote. */
function quoted(text: string): string {
  return JSON.stringify(text).slice(0, -1);
}

/** A row that somebody changed may hold anything; `verify` says so, here it is shown as it is. */
function entryOf(text: string): AuditEntry {
  try {
    return JSON.parse(text) as AuditEntry;
  } catch {
    return { unreadable: text } as unknown as AuditEntry;
  }
}
