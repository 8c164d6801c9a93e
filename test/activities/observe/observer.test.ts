import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { sql } from 'kysely';
import { createObserver, type Observer, type ObserverOptions } from '../../../src/activities/observe';
import { WatchStore } from '../../../src/activities/observe/watch-store';
import { startWatch } from '../../../src/analytics';
import type { AnalyzeInput } from '../../../src/contracts/analysis';
import { errorCodeOf } from '../../../src/contracts/errors';
import { type Database, openDatabase } from '../../../src/database';
import { waitFor } from '../../support/wait-for';
import { analyzeInput, FakeCompletion, FakeMetrics, ManualClock, plan, target } from './support';

const folder = mkdtempSync(join(tmpdir(), 'f0-observe-'));
let database: Database;
let clock: ManualClock;
let metrics: FakeMetrics;
let temporal: FakeCompletion;
let alerts: string[];
let observers: Observer[];

beforeAll(async () => {
  database = await openDatabase({ folder });
});
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await database.db.deleteFrom('watches').execute();
  clock = new ManualClock();
  metrics = new FakeMetrics();
  metrics.values = { '1.1.0': { error_rate: 0, latency_p95: 0.1 } };
  temporal = new FakeCompletion();
  alerts = [];
  observers = [];
});
afterEach(() => Promise.all(observers.map((observer) => observer.stop())));

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

function observe(more: Partial<ObserverOptions> = {}): Observer {
  const observer = createObserver({
    database,
    metrics,
    completion: temporal.client,
    signalAlert: async (workflowId, { message }) => {
      alerts.push(`${workflowId}: ${message}`);
    },
    logger: silent,
    clock,
    ...more,
  });
  observers.push(observer);
  return observer;
}

/** Calls the activity as a worker does; the token tells the key, and the attempt when it is not the first. */
async function analyze(
  observer: Observer,
  input: AnalyzeInput,
  info: { attempt?: number; heartbeatDetails?: unknown } = {},
) {
  const { attempt = 1 } = info;
  const token = attempt === 1 ? input.key : `${input.key}#${attempt}`;
  const base64TaskToken = Buffer.from(token).toString('base64');
  const environment = new MockActivityEnvironment({ base64TaskToken, heartbeatTimeoutMs: 30_000, ...info });
  const outcome = await environment.run(observer.activities.analyze, input).catch((error: unknown) => error);
  return (outcome as Error).name;
}

const rows = () => database.db.selectFrom('watches').selectAll().execute();
const released = async () => (await rows()).length === 0;

it('frees the worker at once, and completes the activity when the window is over', async () => {
  const observer = observe();
  await observer.start();

  expect(await analyze(observer, analyzeInput('a'))).toBe('CompleteAsyncError');
  expect(await rows()).toMatchObject([{ key: 'a', workflow_id: 'test', heartbeat_timeout_ms: 30_000 }]);
  await clock.advance(9);
  expect(temporal.results.size).toBe(0);
  await clock.advance(2);
  await waitFor('the row to be gone', released);

  expect(temporal.results.get('a')).toMatchObject([{ verdict: 'pass' }]);
  expect(observer.stats()).toMatchObject({ watches: 0, groups: 0, results: 1 });
  expect(metrics.kept).toEqual(['1.1.0']);
});

it('tells a breach with the sample that shows it', async () => {
  const observer = observe();
  await observer.start();
  await analyze(observer, analyzeInput('a', { baselineRelease: '1.0.0' }));
  await clock.advance(3.5);

  metrics.values = { '1.1.0': { error_rate: 0.05, latency_p95: 0.1 } };
  await clock.advance(1);

  expect(temporal.results.get('a')).toMatchObject([{ verdict: 'fail', breachedAt: '2026-01-01T00:00:04.000Z' }]);
  expect(metrics.kept).toEqual(['1.0.0']);
});

it('asks a source once an interval, however many watch', async () => {
  const observer = observe();
  await observer.start();
  for (let index = 0; index < 50; index += 1) await analyze(observer, analyzeInput(`w${index}`));
  await clock.advance(4.5);

  expect(metrics.reads.length).toBe(5);
  expect(metrics.reads[4]?.needed.map(({ metric }) => metric)).toEqual(['error_rate', 'latency_p95']);
  expect(observer.stats()).toMatchObject({ watches: 50, groups: 1 });
  expect(observer.stats().samples).toBeGreaterThanOrEqual(4 * 50);
});

it('tells an alert once until it has been false again', async () => {
  const observer = observe();
  await observer.start();
  await analyze(observer, analyzeInput('a'));
  metrics.values = { '1.1.0': { error_rate: 0, latency_p95: 2 } };
  await clock.advance(3);
  metrics.values = { '1.1.0': { error_rate: 0, latency_p95: 0.1 } };
  await clock.advance(2);
  metrics.values = { '1.1.0': { error_rate: 0, latency_p95: 3 } };
  await clock.advance(2);

  expect(alerts).toEqual([
    expect.stringMatching(/^test: latency_p95 was 2/),
    expect.stringMatching(/^test: latency_p95 was 3/),
  ]);
});

it('beats three times within the heartbeat timeout, with its state', async () => {
  const observer = observe();
  await observer.start();
  await analyze(observer, analyzeInput('a', { plan: { ...plan, durationSeconds: 1_000 } }));
  await clock.advance(60);

  const beats = temporal.beats.get('a') ?? [];
  expect([5, 6, 7]).toContain(beats.length);
  expect(beats.at(-1)?.samples).toBeGreaterThan(45);
  const [row] = await rows();
  expect(JSON.parse(row?.state ?? 'null')).toMatchObject({ samples: beats.at(-1)?.samples });
});

it('reports a cancellation and lets go', async () => {
  const observer = observe();
  await observer.start();
  await analyze(observer, analyzeInput('a', { plan: { ...plan, durationSeconds: 1_000 } }));
  temporal.mood = 'cancelled';
  await clock.advance(11);
  await waitFor('the row to be gone', released);

  expect(temporal.cancellations).toEqual(['a']);
  expect(observer.stats()).toMatchObject({ watches: 0, groups: 0, dropped: 1, results: 0 });
});

it('drops a watch whose workflow is gone', async () => {
  const observer = observe();
  await observer.start();
  await analyze(observer, analyzeInput('a', { plan: { ...plan, durationSeconds: 1_000 } }));
  temporal.mood = 'gone';
  await clock.advance(11);
  await waitFor('the row to be gone', released);

  expect(observer.stats()).toMatchObject({ watches: 0, dropped: 1 });
});

it('keeps its verdict while the server is away, and delivers it once', async () => {
  const observer = observe();
  await observer.start();
  await analyze(observer, analyzeInput('a'));
  temporal.mood = 'unreachable';
  await clock.advance(20);
  expect(observer.stats().watches).toBe(1);
  temporal.mood = 'well';
  await clock.advance(5);
  await waitFor('the row to be gone', released);

  expect(temporal.results.get('a')).toHaveLength(1);
});

it('goes on after a restart from what was saved, and answers by the first token', async () => {
  const first = observe({ id: 'first' });
  await first.start();
  await analyze(first, analyzeInput('a', { plan: { ...plan, durationSeconds: 30 } }));
  await clock.advance(15);
  await first.stop();
  const second = observe({ id: 'second' });
  await second.start();
  await clock.advance(12);
  expect(temporal.results.size).toBe(0);
  await clock.advance(5);
  await waitFor('the row to be gone', released);

  expect(second.stats()).toMatchObject({ takenUp: 1, results: 1 });
  const [result] = temporal.results.get('a') ?? [];
  expect(result).toMatchObject({ verdict: 'pass', startedAt: '2026-01-01T00:00:00.000Z' });
  expect(result?.samples).toBeGreaterThan(25);
});

it('resumes a further attempt from its heartbeat, and lets the earlier attempt go', async () => {
  const observer = observe();
  await observer.start();
  await analyze(observer, analyzeInput('a', { plan: { ...plan, durationSeconds: 30 } }));
  await clock.advance(12);
  const heartbeatDetails = temporal.beats.get('a')?.at(-1);
  await analyze(observer, analyzeInput('a', { plan: { ...plan, durationSeconds: 30 } }), {
    attempt: 2,
    heartbeatDetails,
  });

  expect(observer.stats()).toMatchObject({ watches: 1 });
  expect(await rows()).toHaveLength(1);
  await clock.advance(20);
  await waitFor('the row to be gone', released);
  expect([...temporal.results.keys()]).toEqual(['a#2']);
  expect(temporal.results.get('a#2')?.[0]?.startedAt).toBe('2026-01-01T00:00:00.000Z');
});

it('takes analyses before it is started, and none once it is stopped', async () => {
  const observer = observe();
  await analyze(observer, analyzeInput('early'));
  await observer.start();
  await clock.advance(11);
  await waitFor('the row to be gone', released);
  await observer.stop();
  const refused = await new MockActivityEnvironment()
    .run(observer.activities.analyze, analyzeInput('late'))
    .catch((error: unknown) => error);

  expect(temporal.results.get('early')).toHaveLength(1);
  expect(errorCodeOf(refused)).toBe('Unavailable');
  expect(metrics.stopped).toBe(true);
});

it('goes on with a watch whose last observer had a clock that was ahead', async () => {
  const begun = startWatch(plan, new Date(clock.now() + 7_195_000).toISOString());
  const heartbeatDetails = { ...begun, lastAt: new Date(clock.now() + 7_200_000).toISOString(), samples: 5 };
  const observer = observe();
  await observer.start();

  await analyze(observer, analyzeInput('a'), { attempt: 2, heartbeatDetails });
  await clock.advance(4);
  expect(temporal.results.size).toBe(0);
  await clock.advance(3);
  await waitFor('the row to be gone', released);

  expect(temporal.results.get('a#2')).toMatchObject([{ verdict: 'pass' }]);
});

it('does not let the embedded database grow with every state that it saves', async () => {
  const store = new WatchStore(database, 'me');
  const state = startWatch(plan, new Date(clock.now()).toISOString());
  // Longer than what is kept in the row itself, and nothing that compression makes small.
  const noise = () => Array.from({ length: 500 }, () => Math.random());
  await store.register({
    key: 'a',
    taskToken: 'a',
    workflowId: 'w',
    input: analyzeInput('a'),
    heartbeatTimeoutMs: 1,
    state,
  });
  const sizeAfter = async (saves: number) => {
    for (let save = 0; save < saves; save += 1) {
      await store.saveStates(new Map([['a', { ...state, noise: noise() }]]));
      if (save % 10 === 0) await store.tidy();
    }
    const { rows } = await sql<{ size: number }>`select pg_total_relation_size('watches') as size`.execute(database.db);
    return rows[0]?.size ?? 0;
  };

  const early = await sizeAfter(50);

  expect(await sizeAfter(300)).toBeLessThan(2 * early);
});

describe('the baseline', () => {
  const judge = {
    threshold: 0.9,
    minPoints: 5,
    metrics: [
      {
        metric: 'latency_p95',
        direction: 'increase',
        group: 'g',
        weight: 1,
        critical: true,
        minRelativeEffect: 0.25,
        minAbsoluteEffect: 0,
      },
    ],
  } as const;
  const input = analyzeInput('a', {
    plan: { ...plan, durationSeconds: 8, triggers: [], alerts: [], judge },
    baselineRelease: '1.0.0',
    shiftedAt: '2025-12-31T23:59:59.000Z',
  });

  it('is sampled beside a canary', async () => {
    metrics.values = { '1.1.0': { latency_p95: 0.5 }, '1.0.0': { latency_p95: 0.1, throughput: 20 } };
    const observer = observe();
    await observer.start();
    await analyze(observer, input);
    await clock.advance(12);

    expect(metrics.histories).toEqual([]);
    expect([...metrics.warmed]).toEqual(['1.1.0', '1.0.0']);
    expect(temporal.results.get('a')).toMatchObject([{ verdict: 'fail', score: 0 }]);
  });

  it('is what it was before the shift when it serves no more', async () => {
    metrics.values = { '1.1.0': { latency_p95: 0.1 }, '1.0.0': { latency_p95: 7, throughput: 0 } };
    const at = (index: number) => new Date(Date.parse('2025-12-31T23:59:30Z') + index * 1_000).toISOString();
    metrics.past = Array.from({ length: 20 }, (_, index) => ({
      metric: 'latency_p95',
      windowSeconds: 5,
      value: 0.1,
      samples: 100,
      at: at(index),
    }));
    const observer = observe();
    await observer.start();
    await analyze(observer, input);
    await clock.advance(12);

    expect(metrics.histories).toHaveLength(1);
    expect(metrics.histories[0]).toMatchObject({ target: target('1.0.0'), toMs: Date.parse(input.shiftedAt ?? '') });
    expect(temporal.results.get('a')).toMatchObject([{ verdict: 'pass', score: 1 }]);
  });

  it('is looked for a few times only when there is none', async () => {
    metrics.values = { '1.1.0': { latency_p95: 0.1 } };
    const observer = observe();
    await observer.start();
    await analyze(observer, input);
    await clock.advance(12);

    expect(metrics.histories).toHaveLength(5);
    expect(temporal.results.get('a')).toMatchObject([{ verdict: 'insufficient_data' }]);
  });
});
