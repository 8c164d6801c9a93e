import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { createAuditActivities, createAuditLog } from '../src/activities/audit';
import { createCoordinationActivities } from '../src/activities/coordination';
import { TaskQueue } from '../src/contracts/task-queues';
import { type Database, openDatabase } from '../src/database';
import { createLogger, loadWorkerConfig, startWorkers } from '../src/workers';

/** What a bench puts in the place of the world, by task queue, and what ends with the worker. */
export interface BenchWork {
  readonly activities: Readonly<Partial<Record<TaskQueue, object>>>;
  /** Beside the product's own activities of f0-integrate; the database is the worker's. */
  readonly integrate?: (context: { readonly client: Client; readonly database: Database }) => object;
  /** Answers the messages of the bench's client, by their names. */
  readonly answers: Readonly<Record<string, () => Promise<object> | object>>;
  readonly close: () => Promise<void>;
}

/**
 * The worker under measurement, in a process of its own so that its memory and its time are its own: `node worker.js
 * ADDRESS BUNDLE HOME`. Product settings and a real audit log; only the bench's own activities stand in for the product's.
 */
export async function startBenchWorker(workOf: (home: string) => BenchWork): Promise<void> {
  const [address = '', codePath = '', home = ''] = process.argv.slice(2);
  mkdirSync(home, { recursive: true });
  const work = workOf(home);
  const config = {
    // The commands of a bench are no compilers: as many run at once as there are.
    ...loadWorkerConfig({ F0_LOG_LEVEL: 'error', F0_MAX_COMMANDS: '200', ...process.env }, { home }),
    taskQueues: [TaskQueue.orchestrate, TaskQueue.integrate, ...(Object.keys(work.activities) as TaskQueue[])],
    health: null,
    metrics: null,
  };
  const workers = await startWorkers({
    config,
    logger: createLogger(config.log),
    temporal: { address, namespace: 'default' },
    workflowBundle: { codePath },
    services: async ({ client }) => {
      const database = await openDatabase({ folder: join(home, 'database') });
      const auditLog = createAuditLog(database);
      return {
        activities: {
          ...work.activities,
          [TaskQueue.orchestrate]: createAuditActivities({ auditLog }),
          [TaskQueue.integrate]: {
            ...createCoordinationActivities({ client }),
            ...work.integrate?.({ client, database }),
          },
        },
        checkDatabase: () => database.ping(),
        observerStats: () => null,
        start: async () => undefined,
        stop: async () => {
          await work.close();
          await database.close();
        },
      };
    },
  });
  process.on('message', (message) => {
    if (message === 'stop') void workers.drain().then(() => process.exit(0));
    else void Promise.resolve(work.answers[String(message)]?.()).then((answer) => answer && process.send?.(answer));
  });
  // Nobody is left who would end it.
  process.on('disconnect', () => process.exit(1));
  process.send?.({ ready: true });
  await workers.finished;
}
