import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createMetricSources } from '../../../src/activities/metrics';
import { createObserver } from '../../../src/activities/observe';
import { TaskQueue } from '../../../src/contracts/task-queues';
import { openDatabase } from '../../../src/database';

export interface ObserverProcessOptions {
  readonly address: string;
  readonly database: Parameters<typeof openDatabase>[0];
  /** Of the one replica of every release. */
  readonly metricsUrl: string;
}

/** An observer with its worker, as a process of its own that a test can kill. */
async function main({ address, database: where, metricsUrl }: ObserverProcessOptions): Promise<void> {
  const database = await openDatabase(where);
  const client = new Client({ connection: await Connection.connect({ address }) });
  const observer = createObserver({
    database,
    metrics: createMetricSources({
      endpoints: async () => [{ url: metricsUrl, replica: 'r1' }],
      secrets: { resolve: async () => '' },
    }),
    completion: client.activity,
    signalAlert: async () => undefined,
    logger: { info: console.log, warn: console.log, error: console.log },
  });
  await observer.start();
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address }),
    taskQueue: TaskQueue.observe,
    activities: observer.activities,
  });
  const running = worker.run();
  process.stdout.write(`ready ${JSON.stringify(observer.stats())}\n`);
  await running;
}

void main(JSON.parse(process.argv[2] ?? '{}') as ObserverProcessOptions);
