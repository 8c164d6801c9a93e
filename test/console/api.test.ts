import { request as httpRequest } from 'node:http';
import type { AuditRow } from '../../src/activities/audit';
import { remoteAudit, remoteLogs } from '../../src/console/api-client';
import type { ApiParts } from '../../src/console/ports';
import { type RunningApi, startApi } from '../../src/console/server';
import { errorCodeOf } from '../../src/contracts/errors';

const token = 'the-token';
const rows = [{ sequence: 1 }, { sequence: 2 }] as unknown as readonly AuditRow[];
const verification = { valid: true, rows: 2, lastHash: 'ab', problem: null };
let missing: string | null = null;

const parts: ApiParts = {
  audit: {
    verify: async () => verification,
    list: async (filter) => [filter as never],
    export: async function* () {
      yield* rows;
    },
  },
  logs: {
    ofRun: async (workflowId, stage) => [
      { stage: stage ?? 'all', at: '2026-01-01T00:00:00Z', title: workflowId, text: 'a\nb' },
    ],
  },
  kpis: null,
  platforms: null,
  watches: async () => ({ watches: 3 }),
  notReady: async () => missing,
};

describe('the API of a running system', () => {
  let api: RunningApi;

  beforeAll(async () => {
    api = await startApi({ parts, token }, 0);
  });
  afterAll(() => api.close());

  it('listens on the loopback alone, and answers health to anybody there', async () => {
    expect(new URL(api.url).hostname).toBe('127.0.0.1');
    expect(await (await fetch(`${api.url}/health`)).json()).toEqual({ status: 'ok', pid: process.pid });
  });

  it('is ready when nothing is missing, else says what is', async () => {
    missing = 'the database is away';
    const away = await fetch(`${api.url}/ready`);
    missing = null;

    expect([away.status, await away.json()]).toEqual([503, { ready: false, reason: 'the database is away' }]);
    expect((await fetch(`${api.url}/ready`)).status).toBe(200);
  });

  it('gives nothing to those without the token', async () => {
    const paths = [
      '/api/v1/audit',
      '/api/v1/audit/verify',
      '/api/v1/audit/export',
      '/api/v1/watches',
      '/api/v1/runs/x/logs',
    ];

    const bare = await Promise.all(paths.map(async (path) => (await fetch(`${api.url}${path}`)).status));
    const wrong = remoteAudit({ url: api.url, token: 'another-on' }).verify();

    expect(bare).toEqual(paths.map(() => 401));
    await expect(wrong).rejects.toThrow('the token of system.json is missing or wrong');
  });

  it('refuses a foreign host name, which a rebound page would carry', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const { port } = new URL(api.url);
      httpRequest({ host: '127.0.0.1', port, path: '/health', headers: { host: 'evil.example' } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end();
    });

    expect(status).toBe(403);
  });

  it('carries the audit trail: verified, filtered, whole', async () => {
    const audit = remoteAudit({ url: api.url, token });

    expect(await audit.verify()).toEqual(verification);
    expect(await audit.list({ workflowId: 'pipeline/a/b/c', limit: 7 })).toEqual([
      { workflowId: 'pipeline/a/b/c', limit: 7 },
    ]);
    const exported: unknown[] = [];
    for await (const row of audit.export()) exported.push(row);
    expect(exported).toEqual(rows);
  });

  it('carries the logs of a run whose id has slashes', async () => {
    const logs = await remoteLogs({ url: api.url, token }).ofRun('pipeline/a/b/1.0.0', 'build');

    expect(logs).toEqual([{ stage: 'build', at: '2026-01-01T00:00:00Z', title: 'pipeline/a/b/1.0.0', text: 'a\nb' }]);
  });

  it('shows the watches under way', async () => {
    const answer = await fetch(`${api.url}/api/v1/watches`, { headers: { authorization: `Bearer ${token}` } });

    expect(await answer.json()).toEqual({ watches: 3 });
  });

  it('says that nobody answers', async () => {
    const error = await remoteAudit({ url: 'http://127.0.0.1:9', token })
      .verify()
      .catch((caught: unknown) => caught);

    expect(errorCodeOf(error)).toBe('Unavailable');
  });
});
