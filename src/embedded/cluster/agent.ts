import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from 'pino';
import { sync as writeFileAtomicSync } from 'write-file-atomic';
import {
  type AgentFile,
  type AppKey,
  type AppStatus,
  type CommandAnswer,
  clusterFolder,
  type PrepareRequest,
  readAgentFile,
} from '../../activities/deploy/local-protocol';
import { failure, rootMessage } from '../../contracts/errors';
import { App, type AppHost } from './app';
import type { ClusterCommands } from './commands';
import { createControlApi } from './control-api';
import { isSameProcess, killGroup, startTimeOf, strayGroups } from './process-identity';
import { ReplicaLog } from './replica-log';
import { type AppState, StateFile } from './state';

export interface ClusterAgent {
  readonly url: string;
  /** Stops replicas and proxies in order; what is wanted stays written down for the next start. */
  stop(): Promise<void>;
}

/** How often logs are trimmed, addresses that could not be opened are tried again, and an unwritten state is written. */
const tickMs = 1_000;
/** Log files of replicas that are kept for each app, those of the running ones included. */
const keptLogs = 20;

/**
 * Owns the replicas and proxies of this machine. Takes over what a killed agent left running, starts what is wanted and
 * does not run, and writes `agent.json` last: who reads it finds an agent that answers.
 */
export async function startClusterAgent({
  home,
  logger,
  onStopped,
}: {
  readonly home: string;
  readonly logger: Logger;
  readonly onStopped: () => void;
}): Promise<ClusterAgent> {
  const folder = clusterFolder(home);
  await assertAlone(home);
  const stateFile = new StateFile(folder);
  const apps = new Map<string, App>();
  const marker = `F0_CLUSTER=${folder}`;

  const host: AppHost = {
    save: () => stateFile.save([...apps.values()].map((app) => app.snapshot())),
    replicaEnv: { ...inherited(process.env), F0_CLUSTER: folder },
    logOf: (state, replica) => new ReplicaLog(path.join(logFolder(folder, state), `${replica}.log`)),
    log: (message, details) => logger.warn(details, message),
    forget: (unpacked) => {
      const used = [...apps.values()].some((app) => app.snapshot().releases.some((one) => one.folder === unpacked));
      if (!used) void rm(unpacked, { recursive: true, force: true }).catch(() => undefined);
    },
  };

  for (const state of stateFile.load()) apps.set(keyOf(state.key), new App(state, host));
  const adopted = new Set([...apps.values()].flatMap((app) => app.pids));
  for (const group of strayGroups(marker, adopted)) {
    logger.warn({ group }, 'ended a replica that an agent started and could not write down');
    killGroup(group, 'SIGKILL');
  }
  await Promise.all([...apps.values()].map(async (app) => tryOpen(app, logger)));

  const tick = setInterval(() => {
    for (const app of apps.values()) {
      app.trimLogs();
      if (!app.isOpen) void tryOpen(app, logger);
      app.reconcileSoon();
    }
  }, tickMs);

  const token = randomBytes(32).toString('hex');
  const agentFile = path.join(folder, 'agent.json');
  let stopped: Promise<void> | null = null;

  function existing(key: AppKey): App | undefined {
    return apps.get(keyOf(key));
  }

  const creating = new Map<string, Promise<App>>();
  /** Asked for twice at once, it is made once. */
  function create(request: PrepareRequest): Promise<App> {
    const key = keyOf(request.app);
    const made = creating.get(key) ?? openNew(request).finally(() => creating.delete(key));
    creating.set(key, made);
    return made;
  }

  async function openNew(request: PrepareRequest): Promise<App> {
    const app = new App(emptyApp(request), host);
    await app.open();
    apps.set(keyOf(request.app), app);
    return app;
  }

  function known(key: AppKey): App {
    const app = existing(key);
    if (app) return app;
    throw failure(
      'NotFound',
      `app ${key.app} was never prepared in ${[key.environment, key.region ?? []].flat().join(', ')}, so it can get no traffic`,
    );
  }

  const commands: ClusterCommands = {
    async prepare(request) {
      const app = existing(request.app) ?? (await create(request));
      await app.moveTo(request.settings);
      const answer = app.prepare(request);
      pruneLogs(logFolder(folder, { key: request.app }));
      return answer;
    },
    shift: (request) => known(request.app).shift(request),
    promote: ({ app, release }) => known(app).promote(release),
    retire: ({ app, release }) => existing(app)?.retire(release) ?? nothingThere(app),
    status: (app) => existing(app)?.status() ?? nothingThere(app).status,
    list: () => [...apps.values()].map((app) => app.status()),
    stop: () => {
      stopped ??= stopAll();
      return stopped;
    },
  };

  async function stopAll(): Promise<void> {
    logger.info('stopping');
    clearInterval(tick);
    await Promise.all([...apps.values()].map((app) => app.stop()));
    host.save();
    rmSync(agentFile, { force: true });
    onStopped();
  }

  const api = createControlApi({ commands, token });
  const url = await api.listen({ host: '127.0.0.1', port: 0 });
  const startTime = startTimeOf(process.pid) ?? 'unknown';
  const content: AgentFile = { pid: process.pid, startTime, url, token };
  writeFileAtomicSync(agentFile, `${JSON.stringify(content)}\n`, { mode: 0o600 });
  logger.info({ url, apps: apps.size, adopted: adopted.size }, 'the local cluster runs');

  return {
    url,
    async stop() {
      await commands.stop();
      await api.close();
    },
  };
}

/** Throws when another agent serves this folder: two would start everything twice. */
async function assertAlone(home: string): Promise<void> {
  const other = await readAgentFile(home);
  if (other && other.pid !== process.pid && isSameProcess(other.pid, other.startTime)) {
    throw new Error(`process ${other.pid} serves ${clusterFolder(home)} already; stop it first (\`f0 down\`)`);
  }
}

/** An app whose address cannot be opened now still runs; it is tried again. */
async function tryOpen(app: App, logger: Logger): Promise<void> {
  try {
    await app.open();
  } catch (error) {
    logger.error({ ...app.key, error: rootMessage(error) }, 'could not open the address of an app');
  }
}

function keyOf({ namespace, environment, region, app }: AppKey): string {
  return [namespace, environment, region ?? [], app].flat().map(encodeURIComponent).join('/');
}

function emptyApp({ app, settings }: PrepareRequest): AppState {
  return {
    key: app,
    host: settings.host,
    port: settings.port ?? 0,
    portFixed: settings.port !== undefined,
    drainSeconds: settings.drainSeconds,
    notices: [],
    stable: null,
    synthetic: null,
    weights: [],
    rollingTo: null,
    releases: [],
    replicas: [],
  };
}

/** What is so where nothing was ever deployed; whatever was to go is gone. */
function nothingThere(app: AppKey): CommandAnswer {
  const status: AppStatus = {
    app,
    url: null,
    notices: [],
    stableRelease: null,
    weights: [],
    rollingTo: null,
    releases: [],
  };
  return { applied: true, waitingFor: null, status };
}

/** What a replica gets of the agent's environment: nothing that could be a secret. */
function inherited(env: NodeJS.ProcessEnv): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of ['HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'TZ', 'USER']) {
    const value = env[name];
    if (value !== undefined) kept[name] = value;
  }
  // Last, so that the user's own comes first: the Node that runs the agent, for a machine that has it nowhere else.
  kept.PATH = [env.PATH ?? '/usr/local/bin:/usr/bin:/bin', path.dirname(process.execPath)].join(path.delimiter);
  return kept;
}

function logFolder(folder: string, { key }: Pick<AppState, 'key'>): string {
  return path.join(folder, 'logs', keyOf(key));
}

/** Keeps the newest log files. */
function pruneLogs(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => path.join(folder, name))
    .map((file) => ({ file, changedAt: statSync(file).mtimeMs }))
    .toSorted((a, b) => b.changedAt - a.changedAt);
  for (const { file } of files.slice(keptLogs)) rmSync(file, { force: true });
}
