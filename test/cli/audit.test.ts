import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuditLog } from '../../src/activities/audit';
import { startApi } from '../../src/console/server';
import { openDatabase } from '../../src/database';
import { homeOf } from '../../src/embedded/home';
import { identityOf } from '../../src/embedded/process-identity';
import { removeSystemState, writeSystemState } from '../../src/embedded/system-state';
import { consoleOptions, examplePlan, FakeClient, ownerToken } from '../console/harness';
import { f0 } from './harness';

const root = mkdtempSync(join(tmpdir(), 'f0-audit-'));
const home = homeOf({}, join(root, 'home'));
const file = join(root, 'audit.jsonl');
const nothing = { env: { F0_HOME: join(root, 'empty'), F0_CACHE: join(root, 'cache') } };

const entries = ['release.started', 'stage.succeeded', 'release.finished'].map((action, index) => ({
  key: `k/${index}`,
  at: '2026-01-01T00:00:00Z',
  actor: { name: 'alice', source: 'cli' as const },
  action,
  workflowId: 'pipeline/a/b/c',
  namespace: 'a',
}));

beforeAll(async () => {
  const database = await openDatabase({ folder: home.database });
  await createAuditLog(database).append(entries);
  await database.close();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('f0 audit', () => {
  it('verifies the trail when nothing runs, by opening the database itself', async () => {
    const { code, stdout } = await f0(['audit', 'verify', '--home', home.root, '-o', 'json'], nothing);

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ valid: true, rows: 3, problem: null });
  });

  it('exports the trail, and finds the row of an export that was changed', async () => {
    const exported = await f0(['audit', 'export', '--home', home.root, '--file', file], nothing);
    const whole = await f0(['audit', 'verify', '--file', file], nothing);
    writeFileSync(file, readFileSync(file, 'utf8').replace('stage.succeeded', 'stage.succeedeD'));
    const changed = await f0(['audit', 'verify', '--file', file], nothing);

    expect([exported.code, whole.code, changed.code]).toEqual([0, 0, 1]);
    expect(changed.stdout).toContain('row 2 was changed');
  });

  it('asks the running system, whose process alone may open the database', async () => {
    const database = await openDatabase({ folder: home.database });
    const audit = createAuditLog(database);
    const client = new FakeClient(await examplePlan());
    const api = await startApi(consoleOptions(database, { client, audit, logs: { ofRun: async () => [] } }), {
      host: '127.0.0.1',
      port: 0,
    });
    writeSystemState(home, {
      process: identityOf(process.pid),
      since: '2026-01-01T00:00:00Z',
      temporal: { address: '127.0.0.1:9', namespace: 'default', uiUrl: null, ours: true },
      api: { url: api.url, token: ownerToken },
      cluster: { url: 'http://127.0.0.1:9', pid: 1 },
    });
    try {
      const verified = await f0(['audit', 'verify', '--home', home.root], nothing);
      const exported = await f0(['audit', 'export', '--home', home.root], nothing);
      const logs = await f0(['logs', 'pipeline/a/b/c', '--home', home.root], nothing);

      expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining('The chain holds over 3 rows') });
      expect(exported.stdout.trim().split('\n')).toHaveLength(4);
      expect(logs).toMatchObject({ code: 0, stdout: 'pipeline/a/b/c: no command has printed anything.\n' });
    } finally {
      removeSystemState(home);
      await api.close();
      await database.close();
    }
  });

  it('says that nothing has run, and makes no database by looking', async () => {
    const { code, stderr } = await f0(['audit', 'verify'], nothing);

    expect([code, stderr]).toEqual([2, expect.stringContaining('nothing has run in')]);
  });

  it('says of an export that is not there that it is not', async () => {
    expect(await f0(['audit', 'verify', '--file', join(root, 'none')], nothing)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no such file'),
    });
  });
});
