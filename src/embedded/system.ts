import { randomBytes } from 'node:crypto';
import { mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '@temporalio/client';
import getPort from 'get-port';
import pino from 'pino';
import { connectTemporal } from '../client';
import { failure } from '../contracts/errors';
import { allTaskQueues } from '../contracts/task-queues';
import {
  createLogger,
  type Logger,
  loadWorkerConfig,
  type OpenServices,
  openServices,
  type RunningWorkers,
  startWorkers,
} from '../workers';
import { ensureClusterAgent, stopClusterAgent, superviseClusterAgent } from './cluster';
import { cacheOf, type Home } from './home';
import { claimHome, releaseHome } from './owner';
import { identityOf, isAlive } from './process-identity';
import { startConsole } from './start-console';
import { readSystemState, removeSystemState, runningSystem, type SystemState, writeSystemState } from './system-state';
import { registerSearchAttributes } from './temporal/search-attributes';
import { startTemporalServer } from './temporal/server';
import { waitFor } from './wait';

export interface StartSystemOptions {
  readonly home: Home;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Told what a person at the terminal would want to know. */
  readonly say: (message: string) => void;
  /** Ends a wait for a system that another process is starting; a start of ours is finished, and can be stopped then. */
  readonly signal: AbortSignal;
}

export interface RunningSystem {
  readonly kind: 'started';
  readonly state: SystemState;
  /** Ends everything in order: API, workers, cluster, Temporal. The state stays on disk. */
  stop(): Promise<void>;
  /** Rejects when the workers end by themselves; resolves after a stop. */
  readonly finished: Promise<void>;
}

export type StartedSystem = RunningSystem | { readonly kind: 'runs-already'; readonly state: SystemState };

type Closers = (() => Promise<unknown>)[];

/**
 * Starts the system of a home in this process: Temporal, the local cluster, workers, observer, API. What a killed system
 * left at work (Temporal, the cluster with its replicas) is found and used again. A second start finds the first.
 *
 * Throws `Unavailable` when a part does not come up; what was started until then is ended again.
 */
export async function startSystem(options: StartSystemOptions): Promise<StartedSystem> {
  const { home } = options;
  const owner = await claimHome(home);
  if (owner) {
    const state = await waitFor(() => runningSystem(home) ?? (isAlive(owner) ? null : ('ended' as const)), {
      timeoutMs: 120_000,
      signal: options.signal,
    });
    if (state && state !== 'ended') return { kind: 'runs-already', state };
    throw failure(
      'Conflict',
      `process ${owner.pid} is starting or ending the system in ${home.root}: try again in a moment`,
    );
  }
  const closers: Closers = [];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
    removeSystemState(home);
    releaseHome(home);
  };
  try {
    return await start(options, closers, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(options: StartSystemOptions, closers: Closers, stop: () => Promise<void>): Promise<RunningSystem> {
  const { home, env, say } = options;
  const logger = systemLogger(home, env);
  const temporal = await startTemporal(options, closers);
  const cluster = await superviseClusterAgent({ home: home.root, onEvent: say });
  closers.push(() => stopClusterAgent({ home: home.root }));
  closers.push(() => cluster.end());

  const { workers, services } = await startWork(options, temporal, logger);
  closers.push(() => workers.drain().catch(() => undefined));

  const token = randomBytes(32).toString('base64url');
  const port = await apiPort(home);
  const api = await startConsole({ home, env, temporal, workers, services, logger, token, port });
  closers.push(() => api.close());

  const state: SystemState = {
    process: identityOf(process.pid),
    since: new Date().toISOString(),
    temporal,
    api: { url: api.url, token },
    cluster: { url: cluster.url, pid: cluster.pid },
  };
  writeSystemState(home, state);
  return { kind: 'started', state, stop, finished: workers.finished };
}

/** Workers of all queues with the observer, and what they stand on. */
async function startWork(
  { home, env }: StartSystemOptions,
  temporal: SystemState['temporal'],
  logger: Logger,
): Promise<{ readonly workers: RunningWorkers; readonly services: OpenServices }> {
  const opened: OpenServices[] = [];
  const workers = await startWorkers({
    // The API answers for the workers here.
    config: { ...loadWorkerConfig(env, { home: home.root }), taskQueues: allTaskQueues, health: null, metrics: null },
    logger,
    temporal: temporal.ours ? temporal : null,
    services: async (context) => {
      const services = await openServices({ ...context, ensureAgent: () => ensureClusterAgent({ home: home.root }) });
      opened.push(services);
      return services;
    },
  });
  const [services] = opened;
  if (!services) throw failure('Unavailable', 'the workers came up without what they stand on');
  return { workers, services };
}

/** TEMPORAL_ADDRESS or a profile names one that is not ours; else this home's own. */
async function startTemporal(
  { home, env, say }: StartSystemOptions,
  closers: Closers,
): Promise<SystemState['temporal']> {
  if (env.TEMPORAL_ADDRESS || env.TEMPORAL_PROFILE) {
    const client = await connectTemporal({ env });
    const { namespace } = client.options;
    const { address } = (client.connection as Connection).options;
    await client.connection.close();
    return { address, namespace, uiUrl: env.TEMPORAL_UI_URL ?? null, ours: false };
  }
  const server = await startTemporalServer({ home, env, say, cache: cacheOf(env) });
  closers.push(() => server.stop());
  const { address, namespace, uiUrl } = server;
  // A file of an older version may lack an attribute that is new.
  const client = await connectTemporal({ env: {}, address, namespace });
  await registerSearchAttributes(client).finally(() => client.connection.close());
  return { address, namespace, uiUrl, ours: true };
}

/** The logs of the workers are for looking things up, not for the terminal. */
function systemLogger(home: Home, env: StartSystemOptions['env']): Logger {
  mkdirSync(home.logs, { recursive: true, mode: 0o700 });
  const { log } = loadWorkerConfig(env, { home: home.root });
  // Opened here and now: a process that ends before a file opened in the background is there dies in pino's last flush.
  const dest = openSync(join(home.logs, 'workers.log'), 'a', 0o600);
  return createLogger({ ...log, format: 'json' }, pino.destination({ dest, sync: false }));
}

/** The port that it had before, if it is free: bookmarks and open pages keep working. */
async function apiPort(home: Home): Promise<number> {
  const before = readSystemState(home)?.api.url;
  const remembered = before === undefined ? 0 : Number(new URL(before).port);
  return getPort({ host: '127.0.0.1', ...(remembered > 0 ? { port: remembered } : {}) });
}
