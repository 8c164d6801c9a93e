import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createAuditActivities, createAuditLog } from '../src/activities/audit';
import { createCoordinationActivities } from '../src/activities/coordination';
import { TaskQueue } from '../src/contracts/task-queues';
import { openDatabase } from '../src/database';
import { createLogger, loadWorkerConfig, startWorkers } from '../src/workers';

/**
 * The worker under measurement, in a process of its own so that its memory is its own: `node worker.js ADDRESS BUNDLE
 * HOME`. Product settings and a real audit log; only the activities do nothing but tell when they started, because what
 * is measured is orchestration.
 */
async function main(address: string, codePath: string, home: string): Promise<void> {
  mkdirSync(home, { recursive: true });
  const started = (key: string) => process.send?.({ started: key, at: Date.now() });
  const operate = {
    touch: async ({ key }: { key: string }) => void started(key),
    runCommand: async ({ release }: { release: string }) => {
      started(release);
      return { exitCode: 0, durationSeconds: 0, tail: '', logDigest: 'sha256:0' };
    },
  };
  const config = {
    ...loadWorkerConfig({ F0_LOG_LEVEL: 'error', ...process.env }, { home }),
    taskQueues: [TaskQueue.orchestrate, TaskQueue.operate, TaskQueue.integrate],
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
          [TaskQueue.operate]: operate,
          [TaskQueue.integrate]: {
            ...createCoordinationActivities({ client }),
            ...createAuditActivities({ auditLog }),
          },
        },
        checkDatabase: () => database.ping(),
        observerStats: () => null,
        start: async () => undefined,
        stop: () => database.close(),
      };
    },
  });
  process.on('message', (message) => {
    if (message === 'memory') process.send?.({ rssBytes: process.memoryUsage().rss });
    if (message === 'stop') void workers.drain().then(() => process.exit(0));
  });
  process.send?.({ ready: true });
  await workers.finished;
}

const [address = '', codePath = '', home = ''] = process.argv.slice(2);
void main(address, codePath, home);
