import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { MetricSources } from '../src/activities/metrics';
import { createObserver } from '../src/activities/observe';
import { openDatabase } from '../src/database';
import type { AnalysisPlan, MetricTarget } from '../src/definition/release-plan';
import { createLogger } from '../src/workers';

export interface ObserverFigures {
  readonly watches: number;
  readonly targets: number;
  readonly intervalSeconds: number;
  readonly samplesPerSecond: number;
  readonly wantedPerSecond: number;
  readonly lagMs: number;
  readonly maxLagMs: number;
  readonly rssBytes: number;
  readonly cpuShare: number;
}

const seconds = 30;
const intervalSeconds = 5;

/** Ten thousand analyses in one observer; the source answers at once, so what is measured is the observer. */
export async function measureObserver(watches: number, targets: number): Promise<ObserverFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'f0-bench-'));
  const database = await openDatabase({ folder });
  const observer = createObserver({
    database,
    metrics: instantSource,
    completion: {
      complete: async () => undefined,
      fail: async () => undefined,
      heartbeat: async () => undefined,
      reportCancellation: async () => undefined,
    },
    signalAlert: async () => undefined,
    logger: createLogger({ level: 'error', format: 'json' }),
  });
  try {
    await observer.start();
    const began = performance.now();
    for (let index = 0; index < watches; index += 1) await register(observer.activities.analyze, index, targets);
    console.error(`  registered ${watches} watches in ${((performance.now() - began) / 1000).toFixed(1)} s`);
    const before = observer.stats().samples;
    const cpu = process.cpuUsage();
    await sleep(seconds * 1000);
    const { user, system } = process.cpuUsage(cpu);
    const after = observer.stats();
    return {
      watches,
      targets,
      intervalSeconds,
      samplesPerSecond: (after.samples - before) / seconds,
      wantedPerSecond: watches / intervalSeconds,
      lagMs: after.lagMs,
      maxLagMs: after.maxLagMs,
      rssBytes: process.memoryUsage().rss,
      cpuShare: (user + system) / 1e6 / seconds,
    };
  } finally {
    await observer.stop();
    await database.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const instantSource: MetricSources = {
  read: async ({ needed }) => needed.map((one) => ({ ...one, value: 0.001, samples: 1000 })),
  history: async () => [],
  warm: () => undefined,
  keep: () => undefined,
  stop: () => undefined,
};

type Analyze = ReturnType<typeof createObserver>['activities']['analyze'];

/** The activity ends by saying that it will be completed from outside: that is its success here. */
async function register(analyze: Analyze, index: number, targets: number): Promise<void> {
  const info = { taskToken: new Uint8Array(Buffer.from(`watch-${index}`)), activityId: String(index) };
  const environment = new MockActivityEnvironment({
    ...info,
    workflowExecution: { workflowId: `w-${index}`, runId: 'r' },
  });
  const key = `bench/${index}`;
  await environment.run(analyze, { key, plan, target: targetOf(index % targets) }).catch((error: unknown) => {
    if (!(error instanceof Error) || error.name !== 'CompleteAsyncError') throw error;
  });
}

const condition = (metric: string, value: number) =>
  ({ metric, op: '>', value, unit: null, forSeconds: null, overSeconds: null }) as const;

const plan: AnalysisPlan = {
  name: 'bench',
  durationSeconds: 3600,
  intervalSeconds,
  windowSeconds: 60,
  criteria: [{ ...condition('error_rate', 0.01), op: '<' }],
  triggers: [
    { kind: 'condition', condition: condition('error_rate', 0.02) },
    { kind: 'condition', condition: condition('latency_p95', 1.5) },
  ],
  alerts: [],
  judge: null,
  mode: 'enforce',
  onInconclusive: 'ask',
  maxExtensions: 0,
  askExpiresInSeconds: 60,
  minRequests: 20,
};

function targetOf(index: number): MetricTarget {
  return {
    source: { name: 'builtin', type: 'builtin', url: null, secret: null, queries: {} },
    cluster: { name: 'local', type: 'local', settings: {} },
    namespace: 'bench',
    environment: `environment-${index}`,
    app: 'app',
    release: '1.0.0',
    appMetrics: null,
  };
}
