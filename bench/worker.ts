import { TaskQueue } from '../src/contracts/task-queues';
import { startBenchWorker } from './start-worker';

/** Activities do nothing but tell when they started, because what is measured is orchestration. */
void startBenchWorker(() => {
  const started = (key: string) => process.send?.({ started: key, at: Date.now() });
  return {
    activities: {
      [TaskQueue.operate]: {
        touch: async ({ key }: { key: string }) => void started(key),
        runCommand: async ({ release }: { release: string }) => {
          started(release);
          return { exitCode: 0, durationSeconds: 0, tail: '', logDigest: 'sha256:0' };
        },
      },
    },
    answers: {
      memory: () => ({
        rssBytes: process.memoryUsage().rss,
        // The kernel keeps it: nothing that is between two looks is missed.
        peakRssBytes: process.resourceUsage().maxRSS * 1024,
      }),
    },
    close: async () => undefined,
  };
});
