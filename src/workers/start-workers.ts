import type { Worker } from '@temporalio/worker';
import { Registry } from 'prom-client';
import { createDataConverter } from '../codec';
import type { TaskQueue } from '../contracts/task-queues';
import { startTracing } from '../tracing/tracing';
import type { WorkerConfig } from './config';
import { connectWorker, type TemporalAddress, type WorkerConnection } from './connect';
import { createWorkers } from './create-workers';
import type { Logger } from './logging';
import { startProbes } from './probes';
import { ProductMetrics } from './product-metrics';
import { type Readiness, readReadiness } from './readiness';
import { installRuntime } from './runtime';
import type { ServiceContext, WorkerServices } from './services';

export interface StartWorkersOptions {
  readonly config: WorkerConfig;
  readonly logger: Logger;
  /** Opens what the activities stand on, once there is a client; stopped with the workers. */
  readonly services: (context: ServiceContext) => Promise<WorkerServices>;
  /** Wins over Temporal's standard configuration: the embedded system knows its own server. @default null */
  readonly temporal?: TemporalAddress | null;
  /** @default the one that the build made */
  readonly workflowBundle?: { readonly codePath: string };
}

export interface RunningWorkers {
  readonly taskQueues: readonly TaskQueue[];
  readonly connection: WorkerConnection;
  /** `http://host:port`, with `/health` and `/ready`; null where there is none. */
  readonly healthUrl: string | null;
  readonly metricsUrl: string | null;
  readiness(): Promise<Readiness>;
  /**
   * Takes no more work, which `/ready` shows at once; lets what runs end within the grace; cancels the rest, which other
   * workers retry; closes everything. Called again it answers with the same promise as `finished`.
   */
  drain(): Promise<void>;
  /** Resolves after a drain; rejects with the error of the first worker that stopped by itself. All is closed by then. */
  readonly finished: Promise<void>;
}

/**
 * Starts one worker for each task queue of the configuration, on one connection.
 * Throws `Unavailable` (Temporal does not answer), `Conflict` (a port is taken), and whatever `services` throws; what was
 * opened until then is closed again.
 */
export async function startWorkers(options: StartWorkersOptions): Promise<RunningWorkers> {
  const opened: Closers = [];
  try {
    return await start(options, opened);
  } catch (error) {
    await closeAll(opened, options.logger);
    throw error;
  }
}

/** Closed in the opposite order, after a drain and after a failed start alike. */
type Closers = (() => Promise<unknown>)[];

async function closeAll(opened: Closers, logger: Logger): Promise<void> {
  for (const close of opened.splice(0).reverse()) {
    await close().catch((error: unknown) => logger.warn({ err: error }, 'a part of the worker did not close cleanly'));
  }
}

async function start(options: StartWorkersOptions, opened: Closers): Promise<RunningWorkers> {
  const { config, logger, temporal = null, workflowBundle } = options;
  const { sdkMetricsUrl } = await installRuntime(logger, config.metrics !== null);
  const tracing = config.tracing ? startTracing('framework0-worker') : null;
  if (tracing) opened.push(() => tracing.stop());
  const connection = await connectWorker(config, createDataConverter(config.encryption), temporal);
  opened.push(() => connection.native.close());
  const registry = new Registry();
  const metrics = new ProductMetrics(registry);
  const services = await options.services({ config, client: connection.client, logger, metrics });
  opened.push(() => services.stop());

  let draining = false;
  let workers: ReadonlyMap<TaskQueue, Worker> = new Map();
  const isDraining = () => draining;
  const readiness = () =>
    readReadiness({
      connection: connection.native,
      workers: () => workers,
      checkDatabase: () => services.checkDatabase(),
      isDraining,
    });
  const observerStats = () => services.observerStats();
  const probes = await startProbes({ config, registry, readiness, isDraining, observerStats, sdkMetricsUrl });
  opened.push(() => probes.close());
  await services.start();
  // Last: the SDK has no way to close a worker that never ran, and one would keep the process from ending.
  workers = await createWorkers({ config, connection, services, metrics, tracing, workflowBundle });

  const stopTakingWork = () => {
    draining = true;
    for (const worker of workers.values()) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  const finished = runAll(workers, stopTakingWork).finally(() => closeAll(opened, logger));
  // Logged here, so that an entry point which awaits it later is not killed by an unhandled rejection before.
  finished.catch((error: unknown) => logger.error({ err: error }, 'the workers ended with an error'));
  const { healthUrl, metricsUrl } = probes;
  const { address, namespace } = connection;
  logger.info({ taskQueues: config.taskQueues, address, namespace, healthUrl, metricsUrl }, 'workers are up');
  return {
    taskQueues: config.taskQueues,
    connection,
    healthUrl,
    metricsUrl,
    readiness,
    drain: () => {
      if (!draining) logger.info({ graceSeconds: config.shutdownGraceSeconds }, 'draining');
      stopTakingWork();
      return finished;
    },
    finished,
  };
}

/**
 * On a busy machine the SDK may free a worker that has drained a moment before its last poll has let go of it, and says so
 * by an error. All its work has ended by then.
 */
function isLateRelease(error: unknown): boolean {
  return (
    error instanceof Error && error.name === 'IllegalStateError' && error.message.startsWith('Worker still in use')
  );
}

/** Until all have ended. The end of one is the end of all: half a process would be ready for queues it cannot serve. */
async function runAll(workers: ReadonlyMap<string, Worker>, stopTakingWork: () => void): Promise<void> {
  const runs = [...workers.values()].map((worker) => worker.run().finally(stopTakingWork));
  const results = await Promise.allSettled(runs);
  const failed = results.find((result) => result.status === 'rejected' && !isLateRelease(result.reason));
  if (failed?.status === 'rejected') throw failed.reason;
}
