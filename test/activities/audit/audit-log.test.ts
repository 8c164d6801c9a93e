import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { sql } from 'kysely';
import { createAuditActivities, createAuditLog, verifyExport } from '../../../src/activities/audit';
import { errorCodeOf } from '../../../src/contracts/errors';
import { type Database, genesisHash, openDatabase } from '../../../src/database';
import { describePostgres, type PostgresServer, startPostgres } from '../../database/postgres';
import { all, entries, entry } from './entries';

interface Place {
  open(): Promise<Database>;
  stop(): Promise<void>;
}

describe('the audit log in the embedded database', () => {
  const folder = mkdtempSync(join(tmpdir(), 'f0-audit-'));
  keepsItsChain({
    open: () => openDatabase({ folder }),
    stop: async () => rmSync(folder, { recursive: true, force: true }),
  });
});

describePostgres('the audit log in PostgreSQL', () => {
  let server: PostgresServer;
  const open = async () => {
    server ??= await startPostgres();
    return openDatabase({ url: server.url('postgres') });
  };
  keepsItsChain({ open, stop: () => server.stop() });

  it('stays one chain when several processes append at once', async () => {
    const databases = await Promise.all([1, 2, 3, 4].map(open));
    await clear(databases[0]!);
    const logs = databases.map((database) => createAuditLog(database));

    await Promise.all(logs.flatMap((log, index) => entries(50, `p${index}-`).map((one) => log.append([one]))));
    const verified = await logs[0]!.verify();
    await Promise.all(databases.map(({ close }) => close()));

    expect(verified).toMatchObject({ valid: true, rows: 200, problem: null });
  });
});

async function clear({ db }: Database): Promise<void> {
  await sql`truncate audit_entries`.execute(db);
  await db.deleteFrom('audit_head').execute();
  await db.insertInto('audit_head').values({ id: 1, count: 0, last_hash: genesisHash }).execute();
}

function keepsItsChain({ open, stop }: Place): void {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });
  beforeEach(() => clear(database));
  afterAll(async () => {
    await database.close();
    await stop();
  });

  it('keeps entries in order, and the same key once', async () => {
    const log = createAuditLog(database);
    const { recordAudit } = createAuditActivities({ auditLog: log });

    await recordAudit({ entries: [entry('a'), entry('b'), entry('a')] });
    await recordAudit({ entries: [entry('b', { reason: 'told again' }), entry('c')] });
    await recordAudit({ entries: [] });

    expect((await log.list()).map((row) => [row.sequence, row.entry.key])).toEqual([
      [3, 'c'],
      [2, 'b'],
      [1, 'a'],
    ]);
    expect((await log.list())[1]?.entry.reason).toBeUndefined();
    expect(await log.verify()).toMatchObject({ valid: true, rows: 3 });
  });

  it('tells once of each entry that is new, however often it is recorded', async () => {
    const told: string[] = [];
    const log = createAuditLog(database, { onAppended: (added) => told.push(...added.map(({ key }) => key)) });

    await log.append([entry('a'), entry('b'), entry('a')]);
    await log.append([entry('b'), entry('c')]);

    expect(told).toEqual(['a', 'b', 'c']);
  });

  it('takes a thousand appends at once in a few transactions', async () => {
    const log = createAuditLog(database);

    await Promise.all(entries(1_000).map((one) => log.append([one])));

    const rows = await log.list({ limit: 10_000 });
    expect(rows.map(({ entry: { key } }) => key).reverse()).toEqual(entries(1_000).map(({ key }) => key));
    expect(await log.verify()).toMatchObject({ valid: true, rows: 1_000 });
  });

  it('lists by workflow and namespace, page by page', async () => {
    const log = createAuditLog(database);
    await log.append([
      entry('1'),
      entry('2', { workflowId: 'w' }),
      entry('3', { namespace: 'n' }),
      entry('4', { workflowId: 'w' }),
    ]);

    const keys = async (filter: Parameters<typeof log.list>[0]) =>
      (await log.list(filter)).map(({ entry: { key } }) => key);

    expect(await keys({ workflowId: 'w' })).toEqual(['4', '2']);
    expect(await keys({ workflowId: 'w', before: 4 })).toEqual(['2']);
    expect(await keys({ namespace: 'n' })).toEqual(['3']);
    expect(await keys({ limit: 1 })).toEqual(['4']);
  });

  it('keeps any text, and the export holds without the database', async () => {
    const log = createAuditLog(database);
    const details = {
      nul: '\0',
      half: '\uD800',
      emoji: '🚢',
      quote: '"\\',
      number: 1e21,
      nested: { b: 1, a: [null, true] },
    };
    await log.append([entry('strange \0 key \uD800', { details }), ...entries(3)]);

    const lines = await all(log.export());
    const text = lines.map((line) => JSON.stringify(line));

    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatchObject({ sequence: 1, entry: { details } });
    expect(await verifyExport(text)).toEqual(await log.verify());
    expect(await log.verify()).toMatchObject({ valid: true, rows: 4 });
  });

  it('refuses what is not JSON, and the others of that append with it', async () => {
    const log = createAuditLog(database);
    const refused = await log
      .append([entry('good'), entry('bad', { details: { n: 1n } })])
      .catch((error: unknown) => error);

    expect(errorCodeOf(refused)).toBe('InvalidInput');
    expect(await log.list()).toEqual([]);
  });

  it('finds any row that was changed, removed or swapped', async () => {
    const log = createAuditLog(database);
    const size = 8;
    const row = fc.integer({ min: 1, max: size });
    await log.append(entries(size));
    const kept = await database.db.selectFrom('audit_entries').selectAll().execute();
    const attacks = {
      entry: (a: number) =>
        sql`update audit_entries set entry = replace(entry, 'maria', 'mallory') where sequence = ${a}`,
      hash: (a: number) => sql`update audit_entries set hash = reverse(hash) where sequence = ${a}`,
      previous: (a: number) =>
        sql`update audit_entries set previous_hash = reverse(previous_hash) || '0' where sequence = ${a}`,
      hide: (a: number) => sql`update audit_entries set workflow_id = 'elsewhere' where sequence = ${a}`,
      remove: (a: number) => sql`delete from audit_entries where sequence = ${a}`,
      swap: (a: number, b: number) =>
        sql`update audit_entries set sequence = case sequence when ${a} then -${sql.lit(b)}::bigint else -${sql.lit(a)}::bigint end where sequence in (${a}, ${b})`,
    };

    await fc.assert(
      fc.asyncProperty(
        row,
        row,
        fc.constantFrom(...(Object.keys(attacks) as (keyof typeof attacks)[])),
        async (a, b, attack) => {
          fc.pre(attack !== 'swap' || a !== b);
          await attacks[attack](a, b).execute(database.db);
          await sql`update audit_entries set sequence = -sequence where sequence < 0`.execute(database.db);

          const { valid, problem } = await log.verify();
          await sql`truncate audit_entries`.execute(database.db);
          await database.db.insertInto('audit_entries').values(kept).execute();

          expect(valid).toBe(false);
          expect(problem?.sequence).toBe(attack === 'swap' ? Math.min(a, b) : a);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('finds a tail cut off, a forged last row and a head removed', async () => {
    const log = createAuditLog(database);
    await log.append(entries(5));

    await database.db.deleteFrom('audit_entries').where('sequence', '>', 3).execute();
    const cut = await log.verify();
    await database.db.deleteFrom('audit_head').execute();
    const beheaded = await log.verify();
    const refused = await log.append([entry('more')]).catch((error: unknown) => error);

    expect(cut.problem).toEqual({
      sequence: 4,
      kind: 'truncated',
      message: 'rows 4 to 5 are missing at the end of the log',
    });
    expect(beheaded.problem).toMatchObject({ sequence: 4, kind: 'truncated' });
    expect(errorCodeOf(refused)).toBe('Conflict');
  });
}
