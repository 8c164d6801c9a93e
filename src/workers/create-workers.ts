import { join } from 'node:path';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import { createDataConverter } from '../codec';
import { TaskQueue } from '../contracts/task-queues';
import { noTracingSinks, type Tracing } from '../tracing/tracing';
import type { WorkerConfig } from './config';
import type { WorkerConnection } from './connect';
import type { ProductMetrics } from './product-metrics';
import type { WorkerServices } from './services';
import { stepLogInterceptor } from './step-log';
import { workerOptions } from './worker-options';

/** Made by the build, beside this code; a bundle fits only the SDK version that made it. */
function builtBundle({ encryption }: WorkerConfig): { readonly codePath: string } {
  return { codePath: join(__dirname, '..', encryption ? 'workflow-bundle.encrypted.js' : 'workflow-bundle.js') };
}

export interface WorkerParts {
  readonly config: WorkerConfig;
  readonly connection: WorkerConnection;
  readonly services: WorkerServices;
  readonly metrics: ProductMetrics;
  readonly tracing: Tracing | null;
  /** @default the one that the build made */
  readonly workflowBundle?: { readonly codePath: string } | undefined;
}

/** One worker a task queue: only the one of `f0-orchestrate` runs workflows. None polls before `run()`. */
export async function createWorkers(parts: WorkerParts): Promise<ReadonlyMap<TaskQueue, Worker>> {
  const { config, connection, services, metrics, tracing } = parts;
  const common = {
    connection: connection.native,
    namespace: connection.namespace,
    dataConverter: createDataConverter(config.encryption),
    interceptors: {
      activity: [stepLogInterceptor, metrics.activityInterceptor, ...(tracing?.activityInterceptors ?? [])],
    },
  };
  const workflows: Partial<WorkerOptions> = {
    workflowBundle: parts.workflowBundle ?? builtBundle(config),
    sinks: tracing?.sinks ?? noTracingSinks,
  };
  const workers = new Map<TaskQueue, Worker>();
  for (const taskQueue of config.taskQueues) {
    const worker = await Worker.create({
      ...common,
      ...workerOptions(taskQueue, config),
      ...(taskQueue === TaskQueue.orchestrate ? workflows : {}),
      taskQueue,
      activities: services.activities[taskQueue] ?? {},
    });
    workers.set(taskQueue, worker);
  }
  return workers;
}
