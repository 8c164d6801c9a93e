import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Client as Postgres } from 'pg';
import { request } from 'undici';
import { newSigningKey } from '../../src/client/signing';
import type { ApprovalInbox, RunDetail, RunList, RunLogs, Session } from '../../src/console/api';
import { describePostgres, type PostgresServer, startPostgres } from '../database/postgres';
import { freePort } from '../support/free-port';
import { HttpBrowser } from '../support/http-browser';
import { clientSecret, type OidcProvider, startOidcProvider } from '../support/oidc-provider';
import { devServer } from '../support/temporal';
import { until, waitFor } from '../support/wait-for';
import { type RunningCommand, TestSystem } from './test-system';
import { TinyApp } from './tiny-app';

/** What people have in their address bar: both replicas stand behind it. */
const publicUrl = 'https://console.example';

describePostgres('the console alone, beside a worker that runs elsewhere', () => {
  let temporal: TestWorkflowEnvironment;
  let postgres: PostgresServer;
  let provider: OidcProvider;
  let system: TestSystem;
  let worker: RunningCommand;
  let replicas: readonly Replica[];
  let alice: HttpBrowser;
  let run: string;
  const path = (name: string) => join(system.home, name);
  const consoleArgs = (platform = 'platform.yaml') => ['console', '--platform', path(platform)];

  beforeAll(async () => {
    [temporal, postgres] = await Promise.all([devServer(), startPostgres()]);
    provider = await startOidcProvider(await freePort(), `${publicUrl}/api/v1/session/oidc/callback`);
    system = new TestSystem({
      TEMPORAL_ADDRESS: temporal.address,
      DATABASE_URL: postgres.url('postgres'),
      F0_HEALTH_PORT: '0',
      F0_METRICS_PORT: '0',
    });
    mkdirSync(path('secrets'));
    writeFileSync(path('secrets/oidc'), clientSecret, { mode: 0o600 });
    writeFileSync(path('secrets/signing-key'), newSigningKey(), { mode: 0o600 });
    writeFileSync(path('platform.yaml'), platformText(provider.issuer));
    writeFileSync(path('nobody.yaml'), platformText(null));
    writeFileSync(path('pipeline.yaml'), pipelineText());

    worker = system.start(['worker']);
    replicas = [await startReplica(), await startReplica()];
    alice = new HttpBrowser(publicUrl, inTurn(replicas));
    await until(
      () => worker.text(),
      (text) => text.includes('workers are up'),
    );
    const { source } = new TinyApp(path('app'));
    run = await system.run(path('pipeline.yaml'), '1.0.0', '--app', source);
  }, 120_000);
  afterAll(async () => {
    for (const { command } of replicas ?? []) command.child.kill('SIGTERM');
    worker?.child.kill('SIGTERM');
    await Promise.all([worker, ...(replicas ?? []).map(({ command }) => command)].map((one) => one?.ended));
    await provider?.stop();
    await temporal?.teardown();
    await postgres?.stop();
    await system?.dispose();
  }, 120_000);

  async function startReplica(): Promise<Replica> {
    const port = await freePort();
    const command = system.start([...consoleArgs(), '--port', String(port), '--public-url', publicUrl], {
      F0_SECRETS: path('secrets'),
      F0_SIGNING_KEY: 'secret://file/signing-key',
    });
    const url = `http://127.0.0.1:${port}`;
    await waitFor('the console', async () => {
      if (command.child.exitCode !== null) throw new Error(command.text());
      return (await answerOf(`${url}/ready`)).status === 200;
    });
    return { url, command };
  }

  it('answers probes, and says what it is ready for', async () => {
    for (const { url } of replicas) {
      expect(await answerOf(`${url}/health`)).toMatchObject({ status: 200 });
      expect(await answerOf(`${url}/ready`)).toEqual({ status: 200, body: { ready: true, reason: null } });
    }
  });

  it('signs people in, whichever replica each of their requests comes to', async () => {
    const page = await alice.signIn('alice');
    const sessions = [await alice.get<Session>('/api/v1/session'), await alice.get<Session>('/api/v1/session')];

    expect(page).toMatchObject({ url: `${publicUrl}/`, status: 200 });
    expect(page.cookies.filter((cookie) => cookie.startsWith('f0_session='))).toEqual([
      expect.stringMatching(/; HttpOnly; Secure; SameSite=Lax$/),
    ]);
    expect(sessions.map(({ user }) => user?.name)).toEqual(['alice', 'alice']);
    expect(sessions[0]?.signIn).toEqual({ local: false, oidc: { label: '127.0.0.1' } });
  });

  it('lists runs, and approves what waits; the worker goes on with it', async () => {
    const { approvals } = await until(
      () => alice.get<ApprovalInbox>('/api/v1/approvals'),
      (inbox) => inbox.approvals.length > 0,
    );
    const { runs } = await alice.get<RunList>('/api/v1/runs');
    const { stage = '', gate = '', subject = '' } = approvals[0]?.asked ?? {};
    const decision = { stage, gate, subject, verdict: 'approve', reason: 'seen' };
    const id = encodeURIComponent(run);
    const answer = await alice.post(`/api/v1/runs/${id}/decisions`, decision);
    const { status } = await until(
      () => alice.get<RunDetail>(`/api/v1/runs/${id}`),
      (detail) => detail.status.endedAt !== null,
    );
    const { logs } = await until(
      () => alice.get<RunLogs>(`/api/v1/runs/${id}/logs?stage=announce`),
      (printed) => printed.logs.length > 0,
    );

    expect(runs).toMatchObject([{ workflowId: run, phase: 'awaiting_approval' }]);
    expect(answer).toMatchObject({ status: 200 });
    expect(status.phase).toBe('succeeded');
    expect(logs[0]?.text).toContain('it is out');
  }, 120_000);

  it('takes its time to end: answers what it was asked, closes the streams of events, and ends with 0', async () => {
    const { url, command } = await startReplica();
    const direct = new HttpBrowser(publicUrl, inTurn([{ url, command }]));
    await direct.signIn('alice');
    const events = await request(`${url}/api/v1/events`, { headers: direct.headers() });
    const database = new Postgres({ connectionString: postgres.url('postgres') });
    await database.connect();

    await database.query('begin; lock table console_looks in access exclusive mode');
    const waiting = direct.get<object>('/api/v1/estate');
    await until(
      async () => (await database.query('select 1 from pg_locks where not granted')).rowCount,
      (held) => (held ?? 0) > 0,
    );
    command.child.kill('SIGTERM');
    await until(
      () => answerOf(`${url}/health`).catch(String),
      (answer) => typeof answer === 'string' || answer.status !== 200,
    );
    const stillThere = command.child.exitCode;
    await database.query('rollback');
    await database.end();

    expect(events.statusCode).toBe(200);
    expect(await events.body.text()).toContain('event: hello');
    expect(stillThere).toBeNull();
    expect(await waiting).toEqual({ environments: [] });
    expect(await command.ended).toMatchObject({ code: 0, stdout: expect.not.stringContaining('cut off') });
  }, 60_000);

  it.each([
    ['a port that is taken', 4, /cannot serve the console on 127\.0\.0\.1:\d+: the port is taken/, () => ({})],
    ['no database', 2, /DATABASE_URL is not set: .* needs PostgreSQL/, () => ({ DATABASE_URL: undefined })],
    [
      'a database that is down',
      3,
      /nothing listens at 127\.0\.0\.1:9: is PostgreSQL running/,
      () => ({ DATABASE_URL: 'postgresql://f0:hush@127.0.0.1:9/f0' }),
    ],
    [
      'Temporal that is down',
      3,
      /no Temporal server answers at 127\.0\.0\.1:9/,
      () => ({ TEMPORAL_ADDRESS: '127.0.0.1:9' }),
    ],
    [
      'a secret that is not there',
      1,
      /secret:\/\/file\/oidc: .* has no secret "oidc"/,
      () => ({ F0_SECRETS: system.home }),
    ],
  ])('says plainly what is wrong with %s', async (_, code, message, env) => {
    const taken = new URL(replicas[0]?.url ?? '').port;
    const started = system.start([...consoleArgs(), '--port', taken], { F0_SECRETS: path('secrets'), ...env() });
    const outcome = await started.ended;

    expect(outcome).toMatchObject({ code, stderr: expect.stringMatching(message) });
    expect(outcome.stdout + outcome.stderr).not.toMatch(/^ {4}at |hush|fault of f0/m);
  });

  it('says all that is missing at once', async () => {
    const { code, stderr } = await system.start(consoleArgs('nobody.yaml'), { DATABASE_URL: undefined }).ended;

    expect(code).toBe(2);
    expect(stderr).toMatch(/nobody\.yaml has no identity\.oidc: nobody could sign in\n +DATABASE_URL is not set/);
  });
});

interface Replica {
  readonly url: string;
  readonly command: RunningCommand;
}

async function answerOf(url: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const { statusCode, body } = await request(url);
  return { status: statusCode, body: await body.json() };
}

/** As a load balancer does: each request of the console's name goes to the next one. */
function inTurn(replicas: readonly Replica[]): (url: URL) => URL {
  let turn = 0;
  return (url) => {
    if (url.origin !== publicUrl) return url;
    turn += 1;
    return new URL(`${url.pathname}${url.search}`, replicas[turn % replicas.length]?.url);
  };
}

function platformText(issuer: string | null): string {
  const oidc = {
    issuer,
    client_id: 'console',
    client_secret: 'secret://file/oidc',
    scopes: ['profile'],
    roles: { 'release-board': 'approver' },
  };
  return JSON.stringify({
    apiVersion: 'framework0.io/v1',
    kind: 'ProductionPlatform',
    metadata: { name: 'elsewhere' },
    spec: { clusters: { '*': { type: 'local' } }, ...(issuer === null ? {} : { identity: { oidc } }) },
  });
}

function pipelineText(): string {
  return JSON.stringify({
    apiVersion: 'framework0.io/v1',
    kind: 'ProductionWorkflow',
    metadata: { name: 'tiny', namespace: 'elsewhere' },
    spec: {
      pipeline_stages: [
        { name: 'build', uses: 'exercise8/container-build' },
        { name: 'announce', run: "echo 'it is out'", requires: ['build', 'manual_approval'] },
      ],
    },
  });
}
