import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createArtifactStore } from '../../src/activities/artifacts';
import { createAuditActivities, createAuditLog } from '../../src/activities/audit';
import { createCoordinationActivities } from '../../src/activities/coordination';
import { createDeployActivities } from '../../src/activities/deploy';
import { createKubernetesTarget } from '../../src/activities/deploy/kubernetes';
import type { AnalyzeInput, AnalyzeResult } from '../../src/contracts/analysis';
import { TaskQueue } from '../../src/contracts/task-queues';
import { openDatabase } from '../../src/database';
import { createLogger, loadWorkerConfig, startWorkers } from '../../src/workers';
import { breach } from './apps';

/**
 * The worker under measurement, in a process of its own so that its memory and its time are its own: `node worker.js
 * ADDRESS BUNDLE HOME`. Product settings, the real target and a real audit log; only an analysis answers at once, because
 * what is measured is deploying.
 */
async function main(address: string, codePath: string, home: string): Promise<void> {
  mkdirSync(home, { recursive: true });
  const artifacts = createArtifactStore({ folder: join(home, 'artifacts') });
  const target = createKubernetesTarget({ home, artifacts });
  const targets = { of: () => target, endpointsOf: target.endpoints, close: () => target.close() };
  const config = {
    ...loadWorkerConfig({ F0_LOG_LEVEL: 'error', ...process.env }, { home }),
    taskQueues: [TaskQueue.orchestrate, TaskQueue.deploy, TaskQueue.observe, TaskQueue.integrate],
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
          [TaskQueue.deploy]: createDeployActivities({ targets }),
          [TaskQueue.observe]: { analyze },
          [TaskQueue.integrate]: {
            ...createCoordinationActivities({ client }),
            ...createAuditActivities({ auditLog }),
          },
        },
        checkDatabase: () => database.ping(),
        observerStats: () => null,
        start: async () => undefined,
        stop: async () => {
          await target.close();
          await database.close();
        },
      };
    },
  });
  process.on('message', (message) => {
    if (message === 'usage') void target.requestsSent().then((requests) => process.send?.({ ...usage(), requests }));
    if (message === 'stop') void workers.drain().then(() => process.exit(0));
  });
  // Nobody is left who would end it.
  process.on('disconnect', () => process.exit(1));
  process.send?.({ ready: true });
  await workers.finished;
}

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

const [address = '', codePath = '', home = ''] = process.argv.slice(2);
void main(address, codePath, home);
