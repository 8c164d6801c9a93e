import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuditLog } from '../../../src/activities/audit';
import { wakingAuditLog } from '../../../src/activities/kpis';
import type { AuditEntry } from '../../../src/contracts/audit';
import { errorCodeOf } from '../../../src/contracts/errors';
import { type Database, openDatabase } from '../../../src/database';
import { dayMs, entriesOf, hourMs } from '../../analytics/kpis/support';
import { describePostgres, type PostgresServer, startPostgres } from '../../database/postgres';
import { until } from '../../support/wait-for';
import { clear, computedDays, projectorOf, record, storedDays } from './support';

/** 30 releases over ten days: good ones, rolled back ones, one taken back later. */
const entries: readonly AuditEntry[] = Array.from({ length: 30 }, (_, index) =>
  entriesOf({
    release: `1.${index}.0`,
    startedAt: index * 8 * hourMs,
    endedAt: index * 8 * hourMs + 3 * hourMs,
    committedAt: index * 8 * hourMs - hourMs,
    approval: { askedAt: index * 8 * hourMs + hourMs, answeredAt: index * 8 * hourMs + 2 * hourMs },
    ...(index % 5 === 4
      ? {
          outcome: 'rolled_back' as const,
          decidedAt: (index * 8 + 3) * hourMs - 60_000,
          backAt: (index * 8 + 3) * hourMs,
        }
      : {}),
    ...(index === 7 ? { takenBack: { decidedAt: 5 * dayMs, backAt: 5 * dayMs + 20_000 } } : {}),
  }),
).flat();

interface Place {
  open(): Promise<Database>;
  stop(): Promise<void>;
}

describe('the projector in the embedded database', () => {
  const folder = mkdtempSync(join(tmpdir(), 'f0-kpis-'));
  projects({
    open: () => openDatabase({ folder }),
    stop: async () => rmSync(folder, { recursive: true, force: true }),
  });
});

describePostgres('the projector in PostgreSQL', () => {
  let server: PostgresServer;
  const open = async () => {
    server ??= await startPostgres();
    return openDatabase({ url: server.url('postgres') });
  };
  projects({ open, stop: () => server.stop() });

  it('counts everything once when several processes read at the same time', async () => {
    const databases = await Promise.all([1, 2, 3].map(open));
    const [first] = databases;
    await clear(first!);
    await record(first!, entries);

    await Promise.all(databases.map((database) => projectorOf(database, { batchSize: 7 }).catchUp()));
    const stored = await storedDays(first!);
    await Promise.all(databases.map(({ close }) => close()));

    expect(stored).toEqual(computedDays(entries));
  });

  it('waits while the database is away, and goes on when it is back', async () => {
    const database = await open();
    await clear(database);
    const projector = projectorOf(database, { batchSize: 10 });
    await record(database, entries.slice(0, 40));
    await projector.catchUp();
    await server.stop();

    const away = await projector.catchUp().catch((error: unknown) => error);
    projector.wake();
    await database.close();
    server = await startPostgres();
    const back = await open();
    await record(back, entries);
    await projectorOf(back).catchUp();
    const stored = await storedDays(back);
    await back.close();

    expect(errorCodeOf(away)).toBe('Unavailable');
    expect(stored).toEqual(computedDays(entries));
  });
});

function projects({ open, stop }: Place): void {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });
  beforeEach(() => clear(database));
  afterAll(async () => {
    await database.close().catch(() => undefined);
    await stop();
  });

  it('computes batch by batch what comes out of all at once', async () => {
    const projector = projectorOf(database, { batchSize: 11 });
    for (let from = 0; from < entries.length; from += 33) {
      await record(database, entries.slice(from, from + 33));
      await projector.catchUp();
    }

    expect(await storedDays(database)).toEqual(computedDays(entries));
    expect(Object.keys(await storedDays(database)).length).toBeGreaterThan(10);
  });

  it('reads by itself what is appended', async () => {
    const projector = projectorOf(database);
    const log = wakingAuditLog(createAuditLog(database), projector);

    await log.append(entries);

    const sequence = () => database.db.selectFrom('kpi_cursor').select('sequence').executeTakeFirstOrThrow();
    await until(sequence, (cursor) => cursor.sequence === entries.length);
    await projector.stop();

    expect(await storedDays(database)).toEqual(computedDays(entries));
  });

  it('does nothing twice when nothing new is there, nor when it is begun anew', async () => {
    await record(database, entries);
    await projectorOf(database).catchUp();
    const once = await storedDays(database);

    await projectorOf(database).catchUp();

    expect(await storedDays(database)).toEqual(once);
  });

  it('has done nothing when it is killed in the middle of a batch', async () => {
    await record(database, entries);
    const projector = projectorOf(dyingAtCursor(database), { batchSize: 50 });

    await expect(projector.catchUp()).rejects.toThrow('killed');
    const half = await storedDays(database);
    await projectorOf(database).catchUp();

    expect(half).toEqual({});
    expect(await storedDays(database)).toEqual(computedDays(entries));
  });

  it('computes all anew when the log is another one, or the rules are', async () => {
    const half = entries.slice(0, 60);
    await record(database, entries);
    await projectorOf(database).catchUp();
    await database.db.deleteFrom('audit_entries').where('sequence', '>', 60).execute();
    await projectorOf(database).catchUp();
    const restored = await storedDays(database);
    await database.db.updateTable('kpi_cursor').set({ version: 0 }).execute();
    await database.db.deleteFrom('kpi_days').execute();

    await projectorOf(database).catchUp();

    expect(restored).toEqual(computedDays(half));
    expect(await storedDays(database)).toEqual(computedDays(half));
  });

  it('passes over rows that are none, and names that a database cannot keep', async () => {
    const strange = entriesOf({ release: 'a\0b', startedAt: 0, endedAt: hourMs });
    const unknown = { ...strange[0]!, key: 'x', action: 'something.new', workflow: undefined } as never;
    await record(database, [...strange, unknown]);
    await database.db.updateTable('audit_entries').set({ entry: 'not json' }).where('key', '=', 'x').execute();

    await projectorOf(database).catchUp();
    const rows = await database.db.selectFrom('kpi_deployments').select('release').execute();

    expect(rows).toEqual([{ release: 'a\uFFFDb' }]);
  });

  it('says that it computes nothing any more when it was stopped', async () => {
    const projector = projectorOf(database);
    await projector.stop();

    expect(errorCodeOf(await projector.catchUp().catch((error: unknown) => error))).toBe('Unavailable');
  });
}

/** The same database, where a process dies when it is about to set the cursor for the second time: behind its first batch. */
function dyingAtCursor(database: Database): Database {
  let times = 0;
  const db = database.db.withPlugin({
    transformQuery: ({ node }) => {
      if (node.kind === 'UpdateQueryNode' && JSON.stringify(node.table).includes('kpi_cursor')) times += 1;
      if (times > 1) throw new Error('killed');
      return node;
    },
    transformResult: async ({ result }) => result,
  });
  return { ...database, db };
}
