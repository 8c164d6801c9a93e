import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { createAuditLog } from '../../src/activities/audit';
import {
  createDecisionSigner,
  type Decision,
  NotFound,
  type RunStatus,
  type RunSummary,
  readPlan,
} from '../../src/client';
import { newSigningKey } from '../../src/client/signing';
import { createLocalUsers, type LocalUsers } from '../../src/console/access/local-users';
import { createSessionStore } from '../../src/console/access/session-store';
import { createTokenStore, type TokenStore } from '../../src/console/access/token-store';
import type { ConsoleRole, Session } from '../../src/console/api';
import { createHookStore } from '../../src/console/hook-store';
import { createLookStore } from '../../src/console/look-store';
import type { ConsoleClient, ConsoleParts } from '../../src/console/ports';
import { type ConsoleOptions, createApi } from '../../src/console/server';
import type { EnvironmentStatus } from '../../src/contracts/status';
import { type Database, openDatabase } from '../../src/database';
import type { ReleasePlan } from '../../src/definition/release-plan';

export const ownerToken = 'the-token';
export const password = 'a long enough password';
export const runId = 'pipeline/framework0-production/enterprise-deployment-pipeline/1.2.0';
const repository = resolve(__dirname, '../..');

export async function examplePlan(): Promise<ReleasePlan> {
  const { plan, errors } = await readPlan({
    files: [join(repository, 'examples/enterprise-deployment-pipeline.yaml')],
    source: join(repository, 'examples/shop'),
    release: '1.2.0',
  });
  if (!plan) throw new Error(errors.map(({ message }) => message).join('; '));
  return plan;
}

/** A run of the example that waits for the approval of production. */
export function statusOf(plan: ReleasePlan, change: Partial<RunStatus> = {}): RunStatus {
  const stages = plan.stages.map(({ name, deployment }) => ({
    name,
    phase: 'waiting' as const,
    reason: '',
    startedAt: null,
    endedAt: null,
    environment: deployment?.environment ?? null,
    deploymentId: deployment ? `deployment/${plan.namespace}/${plan.app.name}/${deployment.environment}/1.2.0` : null,
    decisions: [],
    skippedForFailure: false,
    rollback: null,
  }));
  return {
    workflowId: runId,
    runId: 'run-1',
    namespace: plan.namespace,
    name: plan.name,
    release: plan.release,
    phase: 'awaiting_approval',
    reason: 'waits for manual_approval',
    planHash: plan.hash,
    artifactDigest: `sha256:${'0'.repeat(64)}`,
    author: 'dana',
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: null,
    stages,
    awaiting: [
      {
        workflowId: runId,
        stage: 'deploy_production',
        gate: 'manual_approval',
        roles: [],
        approvers: [],
        quorum: 1,
        approvedBy: [],
        subject: 'abc',
        askedAt: '2026-01-01T00:00:00.000Z',
        expiresAt: '2030-01-01T00:00:00.000Z',
      },
    ],
    deployments: [],
    ...change,
  };
}

export function summaryOf(release: string, change: Partial<RunSummary> = {}): RunSummary {
  return {
    workflowId: `pipeline/framework0-production/enterprise-deployment-pipeline/${release}`,
    runId: 'run-1',
    namespace: 'framework0-production',
    name: 'enterprise-deployment-pipeline',
    release,
    phase: 'running',
    awaitingApproval: false,
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: null,
    url: null,
    ...change,
  };
}

export const environmentStatus: EnvironmentStatus = {
  workflowId: 'environment/framework0-production/production',
  namespace: 'framework0-production',
  environment: 'production',
  holders: [],
  waiting: [],
  freezes: [],
  current: null,
  serving: [],
  history: [],
  rejected: [],
};

/** What the console asked of Temporal's side, and what that answers. */
export class FakeClient implements ConsoleClient {
  readonly asked: { readonly what: string; readonly run: string; readonly input: unknown }[] = [];
  runs: RunSummary[] = [summaryOf('1.2.0', { phase: 'awaiting_approval', awaitingApproval: true })];
  current: RunStatus;
  estate: EnvironmentStatus[] = [environmentStatus];
  /** Thrown by every call. */
  fault: Error | null = null;

  constructor(readonly planned: ReleasePlan) {
    this.current = statusOf(planned);
  }

  list: ConsoleClient['list'] = async (filter = {}) => {
    this.#check();
    return this.runs.slice(0, filter.limit ?? 50);
  };
  status: ConsoleClient['status'] = async (run) => {
    this.#check();
    if (!this.runs.some(({ workflowId }) => workflowId === run)) throw new NotFound(`no run of "${run}" is known`);
    return { ...this.current, workflowId: run };
  };
  plan: ConsoleClient['plan'] = async () => this.planned;
  timeline: ConsoleClient['timeline'] = async () => [{ at: '2026-01-01T00:00:00Z', actor: 'dana', message: 'started' }];
  decide: ConsoleClient['decide'] = async (run, decision: Decision) => this.#did('decide', run, decision);
  pause: ConsoleClient['pause'] = async (run, command) => this.#did('pause', run, command);
  resume: ConsoleClient['resume'] = async (run, command) => this.#did('resume', run, command);
  abort: ConsoleClient['abort'] = async (run, command) => this.#did('abort', run, command);
  skip: ConsoleClient['skip'] = async (run, command) => this.#did('skip', run, command);
  rollback: ConsoleClient['rollback'] = async (run, command) => ({
    kind: 'run',
    status: this.#did('rollback', run, command),
  });
  tell: ConsoleClient['tell'] = async (run, event) => {
    this.#did('tell', run, event);
  };
  environment: ConsoleClient['environment'] = async () => environmentStatus;
  environments: ConsoleClient['environments'] = async () => {
    this.#check();
    return this.estate;
  };
  freeze: ConsoleClient['freeze'] = async ({ id, until, reason, by }) => {
    this.#did('freeze', 'production', { id, until, reason, by });
    return { id, reason, by: by.name, from: '2026-01-01T00:00:00.000Z', until };
  };
  unfreeze: ConsoleClient['unfreeze'] = async (request) => {
    this.#did('unfreeze', request.environment, request);
  };
  drift: ConsoleClient['drift'] = async (request) => {
    const { namespace, environment, heal } = request;
    this.#did('drift', environment, request);
    const releases = [{ app: 'shop', release: '1.0.0', cluster: null, report: null, unavailable: 'local' }];
    return { namespace, environment, drifted: !heal, releases };
  };
  urlOf: ConsoleClient['urlOf'] = () => null;

  #did(what: string, run: string, input: unknown): RunStatus {
    this.#check();
    this.asked.push({ what, run, input });
    return this.current;
  }

  #check(): void {
    if (this.fault) throw this.fault;
  }
}

export interface Console {
  readonly app: FastifyInstance;
  readonly client: FakeClient;
  readonly users: LocalUsers;
  readonly tokens: TokenStore;
  readonly database: Database;
  readonly audit: ConsoleParts['audit'];
  /** A browser that is signed in with this role; null: not signed in. */
  browser(role: ConsoleRole | null): Promise<Browser>;
  close(): Promise<void>;
}

export interface Browser {
  readonly headers: Readonly<Record<string, string>>;
  get(path: string): Promise<{ readonly status: number; readonly body: never }>;
  send(
    method: 'POST' | 'DELETE',
    path: string,
    body?: object,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{ readonly status: number; readonly body: never }>;
}

const origin = 'http://localhost:80';

/** What the consoles of the tests sign with. */
export const testSigner = createDecisionSigner({ privateKey: newSigningKey() });

/** A console whose parts do nothing, but for those that are given. */
export function consoleOptions(
  database: Database,
  parts: Partial<ConsoleParts> & Pick<ConsoleParts, 'client' | 'audit'>,
): ConsoleOptions {
  return {
    parts: {
      logs: { ofRun: async (title, stage = 'all') => [{ stage, at: '2026-01-01T00:00:00Z', title, text: 'a\nb' }] },
      watches: async () => [],
      observerStats: () => ({ watches: 3 }),
      looks: createLookStore(database),
      alerts: null,
      kpis: null,
      platforms: null,
      signerOf: ({ identity: { name } }) => testSigner.as({ iss: 'os', sub: '1000@host', name }),
      notReady: async () => null,
      temporalUiUrl: 'http://ui',
      ...parts,
    },
    sessions: createSessionStore(database),
    tokens: createTokenStore(database),
    users: null,
    oidc: null,
    hooks: { eventSecret: null, slack: null, alertmanager: null, seen: createHookStore(database) },
    owner: { token: ownerToken, identity: { name: 'olga', source: 'os' } },
    publicUrl: null,
    loopbackOnly: true,
    version: '0.0.0',
    logger: { warn: () => undefined, error: (details) => console.error(details) },
    pageFolder: null,
  };
}

/** The console over a real database, without a port. */
export async function openConsole(
  change: Partial<Omit<ConsoleOptions, 'parts'>> = {},
  parts: Partial<ConsoleParts> = {},
): Promise<Console> {
  const folder = mkdtempSync(join(tmpdir(), 'f0-console-'));
  const database = await openDatabase({ folder: join(folder, 'database') });
  const client = new FakeClient(await examplePlan());
  const audit = parts.audit ?? createAuditLog(database);
  const users = createLocalUsers(join(folder, 'users.json'));
  const app = await createApi({
    ...consoleOptions(database, { client, audit, ...parts }),
    users,
    ...change,
  });
  return {
    app,
    client,
    users,
    tokens: createTokenStore(database),
    database,
    audit,
    browser: (role) => openBrowser(app, users, role),
    close: async () => {
      await app.close();
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function openBrowser(app: FastifyInstance, users: LocalUsers, role: ConsoleRole | null): Promise<Browser> {
  const cookies = new Map<string, string>();
  let csrf = '';
  const headers = () => ({
    cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    'x-csrf-token': csrf,
    origin,
  });
  const request: Browser['send'] = async (method, path, body, more = {}) => send(method, path, body, more);
  const send = async (method: 'GET' | 'POST' | 'DELETE', url: string, body?: object, more = {}) => {
    const answer = await app.inject({
      method,
      url,
      headers: { ...headers(), ...more, host: 'localhost:80' },
      ...(body ? { payload: body } : {}),
    });
    for (const { name, value, maxAge } of answer.cookies) {
      if (maxAge === 0 || value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    const isJson = answer.headers['content-type']?.toString().includes('json') && answer.body !== '';
    return { status: answer.statusCode, body: (isJson ? answer.json() : answer.body) as never };
  };
  const refresh = async () => {
    const { body } = await send('GET', '/api/v1/session');
    csrf = (body as Session).csrfToken;
  };
  await refresh();
  if (role !== null) {
    await users.put({ name: `a-${role}`, displayName: `A ${role}`, role }, password);
    const { status } = await send('POST', '/api/v1/session', { name: `a-${role}`, password });
    if (status !== 204) throw new Error(`signing in answered ${status}`);
    await refresh();
  }
  return {
    get headers() {
      return headers();
    },
    get: (path) => send('GET', path),
    send: request,
  };
}
