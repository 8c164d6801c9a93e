import { createMetricSources, type MetricSources } from '../../../src/activities/metrics';
import type { MetricTarget } from '../../../src/definition/release-plan';
import { waitFor } from '../../support/wait-for';
import { ManualClock } from '../observe/support';
import { FakeReplica, target } from './app';

let replicas: FakeReplica[];
let urls: string[];
let clock: ManualClock;
let metrics: MetricSources;
let endpoints: (target: MetricTarget) => Promise<readonly { url: string; replica: string }[]>;

beforeEach(async () => {
  replicas = [new FakeReplica(), new FakeReplica()];
  urls = await Promise.all(replicas.map((replica) => replica.start()));
  clock = new ManualClock();
  endpoints = async () => urls.map((url, index) => ({ url, replica: `r${index}` }));
  metrics = createMetricSources({
    endpoints: (asked) => endpoints(asked),
    secrets: { resolve: async () => '' },
    clock,
    // One test waits for it to be over; in the others a busy machine must not reach it.
    timeoutSeconds: 5,
    maxBytes: 20_000,
  });
});
afterEach(async () => {
  metrics.stop();
  await Promise.all(replicas.map((replica) => replica.stop()));
});

const errorRate = { metric: 'error_rate', windowSeconds: 10 };
const needed = [errorRate, { metric: 'latency_p95', windowSeconds: 10 }, { metric: 'throughput', windowSeconds: 10 }];

const read = (more: Partial<MetricTarget> = {}, which = needed) =>
  metrics.read({ target: target(more), needed: which, intervalSeconds: 1 });

/** Both replicas served `ok` and `failed` requests a second each, for some seconds. */
async function serve(seconds: number, { ok = 0, failed = 0 }, release = '1.1.0') {
  for (let second = 0; second < seconds; second += 1) {
    await read({ release });
    for (const replica of replicas) {
      replica.ok += ok;
      replica.failed += failed;
    }
    await clock.advance(1);
  }
  return read({ release });
}

it('adds up what all replicas did within the window', async () => {
  const readings = await serve(5, { ok: 9, failed: 1 });

  expect(readings).toMatchObject([
    { ...errorRate, value: 0.1, samples: 100 },
    { metric: 'latency_p95', value: expect.closeTo(0.095), samples: 100 },
    { metric: 'throughput', value: 20, samples: 100 },
  ]);
});

it('scrapes once for all who ask within half of an interval', async () => {
  await Promise.all(Array.from({ length: 50 }, () => read()));
  expect(replicas.map(({ scrapes }) => scrapes)).toEqual([1, 1]);

  await clock.advance(0.4);
  await read();
  expect(replicas.map(({ scrapes }) => scrapes)).toEqual([1, 1]);

  await clock.advance(0.2);
  await read();
  expect(replicas.map(({ scrapes }) => scrapes)).toEqual([2, 2]);
});

it.each([
  {
    name: 'answers with an error',
    broken: () => (replicas[0]!.broken = (_, response) => void response.writeHead(503).end()),
    says: /replica r0 cannot be read: it answered with status 503/,
  },
  {
    name: 'hangs',
    broken: () => (replicas[0]!.broken = () => undefined),
    says: /replica r0 cannot be read: it did not answer in time/,
  },
  {
    name: 'answers without end',
    broken: () => (replicas[0]!.broken = (_, response) => void response.end('x 1\n'.repeat(10_000))),
    says: /its answer is too large/,
  },
  {
    name: 'serves no metrics',
    broken: () => (replicas[0]!.broken = (_, response) => void response.end('<html>')),
    says: /not in Prometheus text format/,
  },
])('is unknown, with the reason, when half of the replicas $name', async ({ broken, says }) => {
  await serve(3, { ok: 10 });
  broken();
  await clock.advance(1);

  const [reading] = await read();

  expect(reading).toMatchObject({ ...errorRate, value: null, samples: 0, failed: true });
  expect(reading?.reason).toMatch(says);
});

it('goes by the others when one of three replicas cannot be read', async () => {
  await serve(3, { ok: 10 });
  endpoints = async () => [
    ...urls.map((url, index) => ({ url, replica: `r${index}` })),
    { url: 'http://127.0.0.1:1/metrics', replica: 'gone' },
  ];
  await clock.advance(1);

  expect((await read())[0]).toMatchObject({ value: 0, samples: 60 });
});

it.each([
  { name: 'there is no replica', found: async () => [], says: 'no running replica' },
  { name: 'the cluster is down', found: () => Promise.reject(new Error('agent is down')), says: 'agent is down' },
])('is unknown when $name', async ({ found, says }) => {
  await serve(3, { ok: 10 });
  endpoints = found;
  await clock.advance(1);

  expect((await read())[0]).toMatchObject({ value: null, failed: true, reason: expect.stringContaining(says) });
});

it('is unknown without metrics of the app, and for metrics that it does not measure', async () => {
  await serve(2, { ok: 10 });

  expect((await read({ appMetrics: null }))[0]).toMatchObject({ value: null, failed: true });
  expect((await read({}, [{ metric: 'conversion', windowSeconds: 10 }]))[0]).toMatchObject({
    value: null,
    reason: expect.stringContaining('does not measure conversion'),
  });
});

it('grows its memory for a longer window, without losing the shorter one meanwhile', async () => {
  await serve(3, { ok: 10 });
  const long = { metric: 'throughput', windowSeconds: 3_600 };
  await read({}, [long]);
  const [short, longer] = await read({}, [errorRate, long]);

  expect(short).toMatchObject({ value: 0, samples: 60 });
  expect(longer).toMatchObject({ value: 20, samples: 60 });
});

describe('a release that nobody watches yet', () => {
  it('is scraped from the moment it is warm, so its past can be compared', async () => {
    metrics.warm(target());
    for (let turn = 0; turn < 10; turn += 1) {
      for (const replica of replicas) replica.ok += 10;
      const scraped = replicas[1]!.scrapes;
      await clock.advance(2);
      await waitFor('the next scrape', () => replicas[1]!.scrapes > scraped);
    }
    const toMs = clock.now() - 2_000;

    const past = await metrics.history({
      target: target(),
      needed: [errorRate],
      fromMs: toMs - 8_000,
      toMs,
      stepSeconds: 2,
    });

    expect(past.map(({ at }) => (Date.parse(at) - toMs) / 1_000)).toEqual([-8, -6, -4, -2, 0]);
    expect(past.every(({ value, samples }) => value === 0 && samples > 0)).toBe(true);
    expect(
      await metrics.history({
        target: target({ release: 'other' }),
        needed: [errorRate],
        fromMs: 0,
        toMs,
        stepSeconds: 2,
      }),
    ).toEqual([]);
  });

  it('is forgotten ten minutes after the last question, unless it is kept', async () => {
    metrics.warm(target({ release: 'asked' }));
    metrics.keep(target({ release: 'stable' }));
    const asked = new Set<string>();
    endpoints = async ({ release }) => {
      asked.add(release);
      return [];
    };
    await clock.advance(620);
    asked.clear();
    await clock.advance(10);
    expect([...asked]).toEqual(['stable']);

    metrics.keep(target({ release: 'next' }));
    await clock.advance(620);
    asked.clear();
    await clock.advance(10);
    expect([...asked]).toEqual(['next']);
  });
});
