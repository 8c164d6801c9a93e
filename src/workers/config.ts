import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { type EncryptionKeys, loadEncryptionKeys } from '../codec';
import { allTaskQueues, type TaskQueue } from '../contracts/task-queues';
import { isTracingConfigured } from '../tracing/client-interceptors';

type Env = Readonly<Record<string, string | undefined>>;

export interface LogConfig {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  readonly format: 'json' | 'pretty';
}

export interface ListenConfig {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
}

/** Everything a worker process can be told, checked and with defaults filled in. */
export interface WorkerConfig {
  readonly taskQueues: readonly TaskQueue[];
  /** State folder: where the database and the artifacts are unless set otherwise. */
  readonly home: string;
  /** PostgreSQL; null: the embedded database in `home`, which belongs to one process. */
  readonly databaseUrl: string | null;
  readonly artifactsFolder: string;
  /** Of `secret://file/...`; null: there is none. */
  readonly secretsFolder: string | null;
  /** Null: no such server, as in the embedded system, which answers for its workers. */
  readonly health: ListenConfig | null;
  readonly metrics: ListenConfig | null;
  /** Worker versioning: runs stay with the build that they began on. Null: unversioned. */
  readonly deployment: { readonly name: string; readonly buildId: string } | null;
  /** Open runs kept in memory. Any number may be open: one that is not kept is replayed at its next event. */
  readonly maxCachedWorkflows: number;
  /** Builds and commands at once in this process. */
  readonly maxCommands: number;
  readonly shutdownGraceSeconds: number;
  readonly log: LogConfig;
  readonly encryption: EncryptionKeys | null;
  readonly tracing: boolean;
  /** What Temporal's standard configuration and the SDKs of others read. */
  readonly env: Env;
}

/** Runs out before Kubernetes kills the container, whose default is 30 s after SIGTERM. */
const defaultGraceSeconds = 20;

/**
 * At about 300 KiB each they leave a worker below a GiB. Most open runs wait for days at a gate or in a soak: one that is
 * not kept costs some milliseconds when its event comes.
 */
const defaultCachedWorkflows = 2_000;

/** Each is a compiler or a test suite with processes of its own: more than cores only makes all of them late. */
const defaultCommands = Math.max(2, availableParallelism());

const port = z.coerce.number().int().min(0).max(65535);
const queueNames = new Map<string, TaskQueue>(
  allTaskQueues.flatMap((queue) => [
    [queue, queue],
    [queue.replace(/^f0-/, ''), queue],
  ]),
);

const taskQueues = z.string().transform((text, context): readonly TaskQueue[] => {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !queueNames.has(name));
  if (unknown.length > 0) {
    const message = `unknown task queue ${unknown.map((name) => `"${name}"`).join(', ')}, expected ${allTaskQueues.join(', ')}`;
    context.issues.push({ code: 'custom', message, input: text });
  }
  return allTaskQueues.filter((queue) => names.some((name) => queueNames.get(name) === queue));
});

const postgresUrl = z.string().regex(/^postgres(ql)?:\/\//, 'expected postgresql://user@host:port/database');

const variables = z.object({
  F0_TASK_QUEUES: taskQueues.default(allTaskQueues),
  DATABASE_URL: postgresUrl.optional(),
  F0_ARTIFACTS: z.string().optional(),
  F0_SECRETS: z.string().optional(),
  F0_LISTEN_HOST: z.string().default('127.0.0.1'),
  F0_HEALTH_PORT: port.default(8080),
  F0_METRICS_PORT: port.default(9090),
  F0_DEPLOYMENT_NAME: z.string().optional(),
  F0_BUILD_ID: z.string().optional(),
  F0_MAX_CACHED_WORKFLOWS: z.coerce.number().int().min(10).default(defaultCachedWorkflows),
  F0_MAX_COMMANDS: z.coerce.number().int().min(1).max(1_000).default(defaultCommands),
  F0_SHUTDOWN_GRACE_SECONDS: z.coerce.number().min(0).max(3600).default(defaultGraceSeconds),
  F0_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  F0_LOG_FORMAT: z.enum(['json', 'pretty']).default('json'),
});

/** Thrown with every fault at once, a line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      `the configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n  ${faults.join('\n  ')}`,
    );
    this.faults = faults;
  }
}

/**
 * Reads the environment of a worker process. An empty variable counts as not set.
 * Throws {@link ConfigError}.
 *
 * @param home the state folder, which the entry point has resolved already
 */
export function loadWorkerConfig(env: Env, { home }: { readonly home: string }): WorkerConfig {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = variables.safeParse(given);
  const faults = parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  if ((given.F0_DEPLOYMENT_NAME === undefined) !== (given.F0_BUILD_ID === undefined)) {
    faults.push('F0_DEPLOYMENT_NAME and F0_BUILD_ID belong together: set both for worker versioning, or neither');
  }
  let encryption: EncryptionKeys | null = null;
  try {
    encryption = loadEncryptionKeys(given);
  } catch (error) {
    faults.push(error instanceof Error ? error.message : String(error));
  }
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults);
  const { data } = parsed;
  const listen = (listenPort: number): ListenConfig => ({ host: data.F0_LISTEN_HOST, port: listenPort });
  return Object.freeze({
    taskQueues: data.F0_TASK_QUEUES,
    home,
    databaseUrl: data.DATABASE_URL ?? null,
    artifactsFolder: resolve(data.F0_ARTIFACTS ?? join(home, 'artifacts')),
    secretsFolder: data.F0_SECRETS ?? null,
    health: listen(data.F0_HEALTH_PORT),
    metrics: listen(data.F0_METRICS_PORT),
    deployment:
      data.F0_DEPLOYMENT_NAME && data.F0_BUILD_ID ? { name: data.F0_DEPLOYMENT_NAME, buildId: data.F0_BUILD_ID } : null,
    maxCachedWorkflows: data.F0_MAX_CACHED_WORKFLOWS,
    maxCommands: data.F0_MAX_COMMANDS,
    shutdownGraceSeconds: data.F0_SHUTDOWN_GRACE_SECONDS,
    log: { level: data.F0_LOG_LEVEL, format: data.F0_LOG_FORMAT },
    encryption,
    tracing: isTracingConfigured(given),
    env: given,
  });
}
