import { join } from 'node:path';
import { createArtifactStore } from '../../src/activities/artifacts';
import { createDeployActivities } from '../../src/activities/deploy';
import { createKubernetesTarget } from '../../src/activities/deploy/kubernetes';
import type { AnalyzeInput, AnalyzeResult } from '../../src/contracts/analysis';
import { TaskQueue } from '../../src/contracts/task-queues';
import { startBenchWorker } from '../start-worker';
import { breach } from './apps';

/** The real target; only an analysis answers at once, because what is measured is deploying. */
void startBenchWorker((home) => {
  const artifacts = createArtifactStore({ folder: join(home, 'artifacts') });
  const target = createKubernetesTarget({ home, artifacts });
  const targets = { of: () => target, endpointsOf: target.endpoints, close: () => target.close() };
  return {
    activities: {
      [TaskQueue.deploy]: createDeployActivities({ targets }),
      [TaskQueue.observe]: { analyze },
    },
    answers: { usage: async () => ({ ...usage(), requests: await target.requestsSent() }) },
    close: () => target.close(),
  };
});

function usage() {
  const { user, system } = process.cpuUsage();
  // The kernel keeps the peak by itself: nothing that is between two looks is missed.
  return { peakRssBytes: process.resourceUsage().maxRSS * 1024, cpuSeconds: (user + system) / 1e6 };
}

async function analyze({ plan }: AnalyzeInput): Promise<AnalyzeResult> {
  const now = new Date().toISOString();
  const bad = plan.name === breach;
  const message = bad ? 'error_rate is 9 %, above 2 %' : 'error_rate is 0 %, not above 2 %';
  return {
    verdict: bad ? 'fail' : 'pass',
    reasons: [{ kind: 'trigger', subject: 'error_rate > 2%', outcome: bad ? 'true' : 'false', message }],
    startedAt: now,
    endedAt: now,
    samples: 1,
    ...(bad ? { breachedAt: now } : {}),
  };
}
