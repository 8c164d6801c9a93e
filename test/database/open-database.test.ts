import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { errorCodeOf } from '../../src/contracts/errors';
import { openDatabase } from '../../src/database';
import { lockFolder } from '../../src/database/folder-lock';
import { migrations } from '../../src/database/migrations';
import { freePort } from '../support/free-port';
import { describePostgres, type PostgresServer, startPostgres } from './postgres';

const home = mkdtempSync(join(tmpdir(), 'f0-database-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('the embedded database', () => {
  it('keeps what was written, and its migrations run once', async () => {
    const folder = join(home, 'kept', 'database');
    const first = await openDatabase({ folder });
    await first.db
      .insertInto('observers')
      .values({ id: 'a', seen_at: 2 ** 40 })
      .execute();
    await first.close();

    const again = await openDatabase({ folder });
    const rows = await again.db.selectFrom('observers').selectAll().execute();
    const applied = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(again.db);
    await again.close();

    expect(rows).toEqual([{ id: 'a', seen_at: 2 ** 40 }]);
    expect(applied.rows.map(({ name }) => name)).toEqual(Object.keys(migrations));
  });

  it('does not let two transactions interleave, and undoes one that fails', async () => {
    const { db, close } = await openDatabase({ folder: join(home, 'transactions') });
    const seen: string[] = [];
    const inTransaction = (id: string, fails: boolean) =>
      db.transaction().execute(async (tx) => {
        seen.push(`${id} begins`);
        await tx.insertInto('observers').values({ id, seen_at: 1 }).execute();
        await tx.selectFrom('observers').selectAll().execute();
        seen.push(`${id} ends`);
        if (fails) throw new Error('changed my mind');
      });

    const results = await Promise.allSettled([
      inTransaction('a', false),
      inTransaction('b', true),
      inTransaction('c', false),
    ]);
    const rows = await db.selectFrom('observers').select('id').orderBy('id').execute();
    await close();

    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
    expect(rows.map(({ id }) => id)).toEqual(['a', 'c']);
  });

  it('opens for one process at a time, names the other, and opens at once when that was killed', async () => {
    const folder = join(home, 'locked');
    const holder = await lockInAnotherProcess(folder);

    const refused = await openDatabase({ folder }).catch((error: unknown) => error);
    await killed(holder);
    const database = await openDatabase({ folder });
    await database.ping();
    await database.close();

    expect(errorCodeOf(refused)).toBe('Conflict');
    expect(String(refused)).toContain(`in use by process ${holder.pid}`);
  });

  it('is locked for its own process too, until it is closed', async () => {
    const unlock = await lockFolder(join(home, 'own'));

    await expect(lockFolder(join(home, 'own'))).rejects.toMatchObject({ type: 'Conflict' });
    await unlock();
    await (await lockFolder(join(home, 'own')))();
  });

  it('locks a folder whose path is too long for a socket', async () => {
    const folder = join(home, 'x'.repeat(120));
    const unlock = await lockFolder(folder);

    await expect(lockFolder(folder)).rejects.toMatchObject({ type: 'Conflict' });
    await unlock();
  });

  it('says so when a newer version made it', async () => {
    const folder = join(home, 'newer');
    const { db, close } = await openDatabase({ folder });
    await sql`insert into kysely_migration (name, timestamp) values ('9999_future', '2099')`.execute(db);
    await close();

    await expect(openDatabase({ folder })).rejects.toMatchObject({
      type: 'Conflict',
      message: expect.stringContaining('newer version'),
    });
  });
});

describe('a PostgreSQL server that cannot be used', () => {
  it('is explained when nothing listens', async () => {
    const port = await freePort();

    await expect(openDatabase({ url: `postgresql://u:hidden@127.0.0.1:${port}/x` })).rejects.toMatchObject({
      type: 'Unavailable',
      message: expect.stringContaining(`nothing listens at 127.0.0.1:${port}`),
    });
  });

  it('is explained when the URL is none, without repeating it', async () => {
    const refused = await openDatabase({ url: 'hidden sesame' }).catch((error: unknown) => error);

    expect(errorCodeOf(refused)).toBe('InvalidInput');
    expect(String(refused)).not.toContain('sesame');
  });
});

describePostgres('PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  it('takes the same tables, made by two processes at once', async () => {
    const databases = await Promise.all([1, 2].map(() => openDatabase({ url: server.url('postgres') })));
    await databases[0]!.db
      .insertInto('observers')
      .values({ id: 'a', seen_at: 2 ** 40 })
      .execute();
    const rows = await databases[1]!.db.selectFrom('observers').selectAll().execute();
    await Promise.all(databases.map(({ close }) => close()));

    expect(rows).toEqual([{ id: 'a', seen_at: 2 ** 40 }]);
    expect(databases.map(({ exclusive }) => exclusive)).toEqual([false, false]);
  });

  it.each([
    {
      name: 'a wrong password',
      url: () => server.url('postgres').replace('sesame', 'guessed'),
      code: 'PermissionDenied',
    },
    { name: 'an unknown database', url: () => server.url('nowhere'), code: 'NotFound' },
  ])('explains $name without the password', async ({ url, code }) => {
    const refused = await openDatabase({ url: url() }).catch((error: unknown) => error);

    expect(errorCodeOf(refused)).toBe(code);
    expect(String(refused)).toContain(`127.0.0.1:${server.port}`);
    expect(String(refused)).not.toMatch(/sesame|guessed/);
  });
});

/** Takes the lock as a system of another process would, and holds it. */
async function lockInAnotherProcess(folder: string): Promise<ChildProcess> {
  const script = `
    require('node:fs').mkdirSync(process.argv[1], { recursive: true });
    require('node:net').createServer((socket) => socket.end(String(process.pid))).listen(process.argv[1] + '.lock', () => console.log('locked'));
  `;
  const child = spawn(process.execPath, ['-e', script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return child;
}

function killed(child: ChildProcess): Promise<unknown> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  return ended;
}
