// A worker in a process of its own, over fake services: what `f0 worker` is without the capabilities.
import { heartbeat, log } from '@temporalio/activity';
import { failure } from '../../../src/contracts/errors';
import { TaskQueue } from '../../../src/contracts/task-queues';
import { createLogger, loadWorkerConfig, startWorkers, type WorkerServices } from '../../../src/workers';

const config = loadWorkerConfig(process.env, { home: process.cwd() });
const logger = createLogger(config.log);

const services: WorkerServices = {
  activities: {
    [TaskQueue.operate]: {
      work: async ({ key, secret }: { key: string; secret?: string }) => {
        log.info('working');
        if (secret?.startsWith('fail')) throw failure('CommandFailed', `it printed ${secret}`);
        heartbeat();
        return key;
      },
    },
    [TaskQueue.orchestrate]: { note: async () => undefined },
  },
  checkDatabase: async () => undefined,
  observerStats: () => ({ watches: 7 }),
  start: async () => undefined,
  stop: async () => logger.info('services stopped'),
};

async function main(): Promise<void> {
  const running = await startWorkers({
    config,
    logger,
    services: async () => services,
    workflowBundle: { codePath: process.env.TEST_BUNDLE ?? '' },
  });
  process.once('SIGTERM', () => void running.drain());
  process.send?.({ healthUrl: running.healthUrl, metricsUrl: running.metricsUrl });
  await running.finished;
  process.disconnect();
}

main().catch((error) => {
  logger.error({ err: error }, 'the worker ended');
  process.exit(1);
});
