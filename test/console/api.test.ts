import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { AuditRow } from '../../src/activities/audit';
import { NotReachable, Refused } from '../../src/client';
import { rules } from '../../src/console/access/rules';
import type {
  ApiError,
  ApprovalInbox,
  AuditPage,
  Estate,
  NewApiToken,
  PlanPreview,
  RunDetail,
  RunList,
} from '../../src/console/api';
import { remoteAudit, remoteLogs } from '../../src/console/api-client';
import { errorCodeOf, failure } from '../../src/contracts/errors';
import { type Console, openConsole, ownerToken, runId } from './harness';

const run = `/api/v1/runs/${encodeURIComponent(runId)}`;
const owner = { authorization: `Bearer ${ownerToken}`, host: 'localhost' };
let missing: string | null = null;
let console_: Console;
let url: string;

beforeAll(async () => {
  console_ = await openConsole({}, { notReady: async () => missing });
  url = await console_.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => console_.close());
afterEach(() => {
  console_.client.fault = null;
});

const get = async (path: string) => {
  const answer = await console_.app.inject({ url: path, headers: owner });
  return { status: answer.statusCode, body: answer.json() };
};

describe('the API of a running system', () => {
  it('answers health to anybody on this machine, and readiness with what is missing', async () => {
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'ok', pid: process.pid });
    missing = 'the database is away';
    const away = await fetch(`${url}/ready`);
    missing = null;

    expect([away.status, await away.json()]).toEqual([503, { ready: false, reason: 'the database is away' }]);
    expect((await fetch(`${url}/ready`)).status).toBe(200);
  });

  it('refuses a wrong token, and says which one it wants', async () => {
    const wrong = remoteAudit({ url, token: 'another-on' }).verify();

    await expect(wrong).rejects.toThrow('the token of system.json is missing or wrong');
  });

  it('refuses a foreign host name, which a rebound page would carry', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const { port } = new URL(url);
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
    const entry = { at: '2026-01-01T00:00:00.000Z', namespace: 'a', workflowId: 'pipeline/a/b/c' };
    await console_.audit.append([
      { ...entry, key: '1', action: 'release.started', actor: { name: 'dana', source: 'cli' } },
      {
        ...entry,
        key: '2',
        action: 'approval.decided',
        actor: { name: 'a "b"', source: 'cli' },
        reason: '"action":"x"',
      },
    ]);
    const audit = remoteAudit({ url, token: ownerToken });
    const by = async (query: string) =>
      ((await get(`/api/v1/audit?${query}`)).body.entries as AuditRow[]).map((row) => row.entry.key);

    expect((await audit.verify()).valid).toBe(true);
    expect((await audit.list({ workflowId: 'pipeline/a/b/c', limit: 1 })).map((row) => row.entry.key)).toEqual(['2']);
    expect(await by(`namespace=a&actor=${encodeURIComponent('a "b"')}`)).toEqual(['2']);
    expect(await by('namespace=a&action=release.')).toEqual(['1']);
    expect(await by('namespace=a&action=x')).toEqual([]);
    const exported: unknown[] = [];
    for await (const row of audit.export()) exported.push(row);
    expect(exported.length).toBeGreaterThanOrEqual(3);
  });

  it('carries the logs of a run whose id has slashes', async () => {
    const logs = await remoteLogs({ url, token: ownerToken }).ofRun('pipeline/a/b/1.0.0', 'build');

    expect(logs).toEqual([{ stage: 'build', at: '2026-01-01T00:00:00Z', title: 'pipeline/a/b/1.0.0', text: 'a\nb' }]);
  });

  it('says that nobody answers', async () => {
    const error = await remoteAudit({ url: 'http://127.0.0.1:9', token: ownerToken })
      .verify()
      .catch((caught: unknown) => caught);

    expect(errorCodeOf(error)).toBe('Unavailable');
  });

  it('shows a run with its DAG', async () => {
    const { body } = await get(run);

    expect((body as RunDetail).stages.find(({ name }) => name === 'deploy_production')).toEqual({
      name: 'deploy_production',
      kind: 'deploy',
      requires: ['deploy_staging'],
      gates: ['manual_approval'],
      environment: 'production',
      strategy: 'blue_green',
    });
  });

  it('lists a thousand runs at once, and no more', async () => {
    const { runs } = console_.client;
    const [first] = runs;
    if (!first) throw new Error('no run');
    console_.client.runs = Array.from({ length: 1_500 }, (_, index) => ({ ...first, release: String(index) }));
    const all = (await get('/api/v1/runs?limit=1000')).body as RunList;
    const page = (await get('/api/v1/runs')).body as RunList;
    const tooMany = await get('/api/v1/runs?limit=1001');
    console_.client.runs = runs;

    expect([all.runs.length, page.runs.length, tooMany.status]).toEqual([1_000, 100, 400]);
  });

  it('tells an approver what is asked, what speaks for and against it, and whether they may decide', async () => {
    const inbox = async (role: 'viewer' | 'approver') =>
      (await (await console_.browser(role)).get('/api/v1/approvals')).body as ApprovalInbox;
    const [item] = (await inbox('approver')).approvals;
    const [seen] = (await inbox('viewer')).approvals;

    expect(item).toMatchObject({ runId, author: 'dana', environment: 'production', serving: null, refusal: null });
    expect(item?.risk.points).toContain('nothing was measured in the stages before');
    expect(seen?.refusal).toBe('a-viewer is viewer here: to decide needs the role approver');
  });

  it('decides in the name of who is signed in, whatever the body says', async () => {
    const browser = await console_.browser('approver');
    const decision = {
      stage: 'deploy_production',
      gate: 'manual_approval',
      verdict: 'approve',
      reason: 'ok',
      subject: 'abc',
    };
    const { status } = await browser.send('POST', `${run}/decisions`, decision);
    const forged = await browser.send('POST', `${run}/decisions`, {
      ...decision,
      by: { name: 'alice', source: 'oidc' },
    });

    expect(status).toBe(200);
    expect(forged.status).toBe(400);
    expect(console_.client.asked.at(-1)).toEqual({
      what: 'decide',
      run: runId,
      input: { ...decision, by: { name: 'a-approver', source: 'cli' } },
    });
  });

  it('records every change with who made it, also one that was refused', async () => {
    const operator = await console_.browser('operator');
    await operator.send('POST', `${run}/pause`, { reason: '<script>alert(1)</script>' });
    await operator.send('POST', `${run}/decisions`, {});
    const rows = await console_.audit.list({ workflowId: runId, limit: 2 });

    expect(rows.map(({ entry }) => [entry.action, entry.actor.name, entry.reason])).toEqual([
      ['console.refused', 'a-operator', ''],
      ['console.request', 'a-operator', '<script>alert(1)</script>'],
    ]);
  });

  it('shows the estate with the last look at its drift', async () => {
    const operator = await console_.browser('operator');
    await operator.send('POST', '/api/v1/environments/framework0-production/production/drift', {});
    const { environments } = (await get('/api/v1/estate')).body as Estate;

    expect(environments).toEqual([
      expect.objectContaining({ health: 'degraded', drift: expect.objectContaining({ at: expect.any(String) }) }),
    ]);
  });

  it('heals for those who may, with a reason, and shows what is left', async () => {
    const path = '/api/v1/environments/framework0-production/production/drift';
    const [viewer, operator] = [await console_.browser('viewer'), await console_.browser('operator')];
    const before = console_.client.asked.length;

    expect(await viewer.send('POST', path, { heal: true, reason: 'mine' })).toMatchObject({ status: 403 });
    expect(await operator.send('POST', path, { heal: true, reason: ' ' })).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining('needs a reason') } },
    });
    expect(console_.client.asked).toHaveLength(before);

    const answer = await operator.send('POST', path, { heal: true, reason: 'scaled by mistake' });
    expect(answer).toMatchObject({ status: 200, body: { drifted: false } });
    expect(console_.client.asked.at(-1)).toMatchObject({
      what: 'drift',
      input: { heal: true, reason: 'scaled by mistake', by: { name: 'a-operator' } },
    });
    const { environments } = (await get('/api/v1/estate')).body as Estate;
    expect(environments[0]?.drift?.result.drifted).toBe(false);
  });

  it('has on record which token was made, and which was revoked, and not its secret', async () => {
    const admin = await console_.browser('admin');
    const { body } = await admin.send('POST', '/api/v1/tokens', { name: 'wallboard', role: 'viewer' });
    const { token, secret } = body as NewApiToken;
    await admin.send('DELETE', `/api/v1/tokens/${token.id}`);

    const { entries } = (await get('/api/v1/audit?action=console.request&limit=2')).body as AuditPage;
    expect(entries.map(({ entry }) => [entry.actor.name, entry.reason])).toEqual([
      ['a-admin', `token ${token.id} revoked`],
      ['a-admin', `token ${token.id} made: wallboard, viewer, valid until it is revoked`],
    ]);
    expect(JSON.stringify(entries)).not.toContain(secret);
  });

  it('says what a pasted document would do, and where it is wrong', async () => {
    const text = readFileSync('examples/enterprise-deployment-pipeline.yaml', 'utf8');
    const viewer = await console_.browser('viewer');
    const plan = async (pasted: string) =>
      (await viewer.send('POST', '/api/v1/plan', { documents: [{ name: 'pasted.yaml', text: pasted }] }))
        .body as PlanPreview;
    const good = await plan(text);
    const bad = await plan(text.replace('requires: [deploy_development]', 'requires: [deploy_developmen]'));

    expect(good.stages?.map(({ name }) => name)).toContain('deploy_production');
    expect(good.stages?.find(({ name }) => name === 'build_and_test')?.steps).toContain('unit_tests');
    expect(bad.stages).toBeNull();
    expect(bad.diagnostics[0]).toMatchObject({ file: 'pasted.yaml', suggestion: 'deploy_development' });
  });

  it.each([
    [new NotReachable('Temporal is away'), 503, 'NotReachable'],
    [new Refused('too late'), 409, 'Refused'],
    [new Refused('not you', { cause: failure('PermissionDenied', 'not you') }), 403, 'Refused'],
    [failure('Unavailable', 'the database is away'), 503, 'Unavailable'],
  ])('says why it cannot: %s', async (fault, status, code) => {
    console_.client.fault = fault;
    const answer = await get('/api/v1/runs');

    expect(answer.status).toBe(status);
    expect((answer.body as ApiError).error).toMatchObject({ code, message: fault.message, remedy: expect.any(String) });
  });

  it('refuses what is too long, is no JSON, or has fields that nobody asked for', async () => {
    const browser = await console_.browser('operator');
    const huge = await browser.send('POST', '/api/v1/plan', {
      documents: [{ name: 'a', text: 'x'.repeat(3 * 2 ** 20) }],
    });
    const odd = await browser.send('POST', `${run}/pause`, { reason: 'x', more: 1 });
    const empty = await browser.send('POST', `${run}/pause`, { reason: '' });
    const broken = await console_.app.inject({
      method: 'POST',
      url: `${run}/pause`,
      headers: { ...owner, 'content-type': 'application/json' },
      payload: '{',
    });

    expect([huge.status, odd.status, empty.status, broken.statusCode]).toEqual([413, 400, 400, 400]);
    expect((huge.body as ApiError).error.code).toBe('InvalidInput');
  });

  it('answers plainly to paths that are not there, and leads out of no folder', async () => {
    const api = await get('/api/v1/nothing');
    const page = await console_.app.inject({ url: '/runs/x', headers: { ...owner, accept: 'text/html' } });
    const out = await console_.app.inject({ url: '/..%2f..%2fetc%2fpasswd', headers: owner });

    expect([api.status, api.body.error.code]).toEqual([404, 'NotFound']);
    expect([page.statusCode, page.body]).toEqual([503, expect.stringContaining('is not built here')]);
    expect(out.statusCode).toBe(404);
  });

  it('has a rule for every route, and no rule without one', () => {
    const routes = console_.app.printRoutes({ commonPrefix: false });
    expect(routes).toContain('api/v1/session');
    const served = Object.keys(rules).filter((rule) => {
      const [method = '', path = ''] = rule.split(' ');
      return console_.app.hasRoute({ method: method as 'GET', url: path });
    });
    expect(served).toEqual(Object.keys(rules).filter((rule) => !/oidc/.test(rule)));
  });
});
