import { availableParallelism } from 'node:os';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createCoordinationActivities } from '../src/activities/coordination';
import { TaskQueue } from '../src/contracts/task-queues';
import { Client, Connection } from '@temporalio/client';

/**
 * The worker under measurement, in a process of its own so that its memory is its own: `node worker.js ADDRESS BUNDLE`.
 * Activities do nothing but tell when they started; what is measured is orchestration.
 */
async function main(address: string, codePath: string): Promise<void> {
  const connection = await NativeConnection.connect({ address });
  const client = new Client({ connection: await Connection.connect({ address }) });
  const started = (key: string) => process.send?.({ started: key, at: Date.now() });
  const activities = {
    touch: async ({ key }: { key: string }) => void started(key),
    buildArtifact: async () => ({ digest: 'sha256:0', sizeBytes: 0, sbomDigest: 'sha256:1', provenanceDigest: 'sha256:2' }),
    runCommand: async ({ release }: { release: string }) => {
      started(release);
      return { exitCode: 0, durationSeconds: 0, tail: '', logDigest: 'sha256:3' };
    },
    recordAudit: async () => undefined,
    ...createCoordinationActivities({ client }),
  };
  const queues = [TaskQueue.orchestrate, TaskQueue.operate, TaskQueue.integrate];
  const workers = await Promise.all(
    queues.map((taskQueue) =>
      Worker.create({
        connection,
        taskQueue,
        activities,
        ...(taskQueue === TaskQueue.orchestrate ? { workflowBundle: { codePath } } : {}),
      }),
    ),
  );
  process.on('message', (message) => {
    if (message === 'memory') process.send?.({ rssBytes: process.memoryUsage().rss, cores: availableParallelism() });
    if (message === 'stop') for (const worker of workers) worker.shutdown();
  });
  process.send?.({ ready: true });
  await Promise.all(workers.map((worker) => worker.run()));
  process.exit(0);
}

const [address = '', codePath = ''] = process.argv.slice(2);
void main(address, codePath);
