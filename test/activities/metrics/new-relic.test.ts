import { createNewRelicSource, type NewRelicOptions } from '../../../src/activities/metrics/new-relic';
import type { MetricReading } from '../../../src/analytics';
import type { MetricSourcePlan } from '../../../src/definition/release-plan';
import { target } from './app';
import type { VendorAnswer } from './fake-vendor';
import { account, fakeNerdGraph, type Nrql, queriesOf, userKey } from './nerdgraph-server';

const secrets = { resolve: async (reference: string) => (reference === 'secret://env/key' ? userKey : 'wrong') };
const timeoutSeconds = 20;
const windowSeconds = 300;
const needed = (...metrics: string[]) => metrics.map((metric) => ({ metric, windowSeconds }));

const newest = (ageSeconds: number) => ({ results: [{ 'latest.timestamp': Date.now() - ageSeconds * 1_000 }] });
const figure = (value: unknown) => ({ results: [{ value }] });

const healthy: Nrql = (query) => {
  if (query.startsWith('SELECT latest(timestamp)')) return newest(70);
  if (query.startsWith('SELECT count(')) return { results: [{ 'count.http.server.request.duration': 1_200 }] };
  if (query.startsWith('SELECT filter(')) return figure(0.02);
  if (query.startsWith('SELECT percentile(')) return { results: [{ 'percentile.duration': { '95': 0.3 } }] };
  if (query.startsWith('SELECT rate(count(')) return figure(4);
  return { results: [{ value: null }] };
};
let nrql: Nrql = healthy;
const server = fakeNerdGraph(() => nrql);
let url: string;

beforeAll(async () => {
  url = `${await server.start()}/graphql`;
});
afterAll(() => server.stop());
beforeEach(() => {
  nrql = healthy;
  server.fault = null;
  server.requests.length = 0;
});

function plan(more: Partial<MetricSourcePlan> = {}): MetricSourcePlan {
  return {
    name: 'nr',
    type: 'new_relic',
    url,
    secret: 'secret://env/key',
    queries: {},
    newRelic: { account, region: 'eu' },
    ...more,
  };
}

function read(
  metrics: string[],
  more: Partial<MetricSourcePlan> = {},
  { release = '1.1.0', ...options }: Partial<NewRelicOptions & { release: string }> = {},
) {
  const source = createNewRelicSource({ secrets, timeoutSeconds, ...options });
  return source.read({
    target: target({ source: plan(more), release }),
    needed: needed(...metrics),
    intervalSeconds: 30,
  });
}

async function readOne(metric: string, more: Partial<MetricSourcePlan> = {}) {
  const [reading] = await read([metric], more);
  return reading as MetricReading;
}

const only =
  (value: unknown): Nrql =>
  (query) =>
    query.startsWith('SELECT filter(') ? figure(value) : healthy(query);

describe('New Relic', () => {
  it('answers the golden signals of a release, in one request', async () => {
    const readings = await read(['error_rate', 'latency_p95', 'throughput']);

    expect(readings).toEqual([
      { metric: 'error_rate', windowSeconds, value: 0.02, samples: 1_200 },
      { metric: 'latency_p95', windowSeconds, value: 0.3, samples: 1_200 },
      { metric: 'throughput', windowSeconds, value: 4, samples: 1_200 },
    ]);
    expect(server.requests).toHaveLength(1);
    const asked = queriesOf(server.requests[0]!.body);
    expect(new Set(asked).size).toBe(asked.length);
    expect(asked).toHaveLength(5);
  });

  it('asks by the clock of New Relic, for a release that may be called anything', async () => {
    await read(['throughput'], {}, { release: "1.1.0' OR 'a' = 'a\\" });

    const [query] = queriesOf(server.requests[0]!.body);
    expect(query).toContain("service.version = '1.1.0\\' OR \\'a\\' = \\'a\\\\' AND");
    expect(query).toMatch(/ SINCE 300 seconds ago$/);
  });

  it('takes the queries of the platform document, and believes their age', async () => {
    nrql = (query) => (query.startsWith('SELECT average(depth)') ? figure(7) : healthy(query));
    const queries = { queue_depth: "SELECT average(depth) FROM Queue WHERE release = '{{release}}'" };

    expect(await readOne('queue_depth', { queries })).toMatchObject({ value: 7 });
    const asked = queriesOf(server.requests[0]!.body);
    expect(asked[0]).toBe("SELECT average(depth) FROM Queue WHERE release = '1.1.0' SINCE 300 seconds ago");
    expect(asked.some((query) => query.includes('latest(timestamp)'))).toBe(false);
  });

  it('knows what was, in windows that slide', async () => {
    const toMs = 1_800_000_000_000;
    nrql = (query) => ({
      results: [0, 30, 60].map((seconds) => ({
        beginTimeSeconds: toMs / 1_000 - 360 + seconds,
        endTimeSeconds: toMs / 1_000 - 60 + seconds,
        value: query.startsWith('SELECT count(') ? 100 : seconds === 30 ? null : 0.01,
      })),
    });

    const past = await createNewRelicSource({ secrets }).history({
      target: target({ source: plan() }),
      needed: needed('error_rate'),
      fromMs: toMs - 60_000,
      toMs,
      stepSeconds: 30,
    });

    const at = (ms: number) => new Date(ms).toISOString();
    const reading = { metric: 'error_rate', windowSeconds, value: 0.01, samples: 100 };
    expect(past).toEqual([
      { ...reading, at: at(toMs - 60_000) },
      { ...reading, at: at(toMs) },
    ]);
    expect(queriesOf(server.requests[0]!.body)[0]).toMatch(
      / SINCE 1799999640000 UNTIL 1800000000000 TIMESERIES 300 seconds SLIDE BY 30 seconds$/,
    );
  });

  it('leaves the others as they are when one query has a mistake', async () => {
    nrql = (query) =>
      query.startsWith('SELECT oops') ? new Error('NRQL Syntax Error: unexpected "oops"') : healthy(query);

    const [wrong, right] = await read(['error_rate', 'throughput'], { queries: { error_rate: 'SELECT oops' } });

    expect(wrong).toMatchObject({ value: null, failed: true, reason: expect.stringContaining('NRQL Syntax Error') });
    expect(right).toMatchObject({ value: 4 });
  });
});

describe('New Relic is unknown', () => {
  const lies: { name: string; nrql: Nrql; metric?: string; says: RegExp; failed?: true }[] = [
    { name: 'without data', nrql: only(null), says: /no value of error_rate in 300 s/ },
    {
      name: 'without rows',
      nrql: (query) => (query.startsWith('SELECT filter(') ? { results: [] } : healthy(query)),
      says: /no value of error_rate/,
    },
    {
      name: 'when the release is heard of no more',
      nrql: (query) => (query.startsWith('SELECT latest') ? newest(400) : healthy(query)),
      says: /newest sample of 1.1.0 is 40\d s old/,
      failed: true,
    },
    {
      name: 'when the release was never heard of',
      nrql: (query) => (query.startsWith('SELECT latest') ? figure(null) : healthy(query)),
      says: /heard nothing of 1.1.0/,
      failed: true,
    },
    {
      name: 'for samples of the future',
      nrql: (query) => (query.startsWith('SELECT latest') ? newest(-600) : healthy(query)),
      says: /in the future: a clock is wrong/,
      failed: true,
    },
    { name: 'for a negative rate', nrql: only(-0.1), says: /error_rate cannot be negative/, failed: true },
    { name: 'for a percentage', nrql: only(2), says: /does its query give a percentage/, failed: true },
    { name: 'for a text', nrql: only('NaN'), says: /"NaN", expected a number/, failed: true },
    {
      name: 'for two figures',
      nrql: (query) => (query.startsWith('SELECT filter(') ? { results: [{ a: 0, b: 0 }] } : healthy(query)),
      says: /2 figures, expected one/,
      failed: true,
    },
    {
      name: 'for 5,000 facets',
      nrql: (query) =>
        query.startsWith('SELECT filter(')
          ? { results: Array.from({ length: 5_000 }, (_, host) => ({ facet: `host-${host}`, value: 0 })) }
          : healthy(query),
      says: /5000 series, expected one: take FACET away/,
      failed: true,
    },
    {
      name: 'for an answer without end',
      nrql: (query) =>
        query.startsWith('SELECT filter(')
          ? {
              results: Array.from({ length: 10_000 }, (_, host) => ({
                facet: `host-${host}`.padEnd(300, '-'),
                value: 0,
              })),
            }
          : healthy(query),
      says: /larger than 2 MiB/,
      failed: true,
    },
    {
      name: 'when it has looked at a part only',
      nrql: (query) => ({ results: [{ value: 0 }], ...(query ? { messages: ['inspected count limit reached'] } : {}) }),
      says: /in part only: inspected count limit reached/,
      failed: true,
    },
    {
      name: 'when its query took too long',
      nrql: () => new Error('NRDB query timed out'),
      says: /refused the query: NRDB query timed out/,
      failed: true,
    },
    {
      name: 'for a metric without a query',
      metric: 'heat',
      nrql: healthy,
      says: /no query is known for heat/,
      failed: true,
    },
  ];
  it.each(lies)('$name', async ({ nrql: told, metric = 'error_rate', says, failed }) => {
    nrql = told;

    const reading = await readOne(metric);

    expect(reading).toMatchObject({ metric, value: null, samples: 0, reason: expect.stringMatching(says) });
    expect(reading.failed).toBe(failed);
  });

  const data = (container: unknown) => ({
    data: { actor: { account: { q0: container, q1: container, q2: container } } },
  });
  const metadata = { messages: [], timeWindow: { end: 1 } };
  const faults: { name: string; fault: VendorAnswer | 'hang'; says: RegExp }[] = [
    { name: 'when it fails', fault: { status: 502, body: 'bad gateway' }, says: /status 502$/ },
    { name: 'when it sends a page', fault: { body: '<html>' }, says: /something that is no result/ },
    { name: 'when it sends nothing', fault: { body: '' }, says: /something that is no result/ },
    { name: 'when it has no data', fault: { body: { data: null } }, says: /no result of a query/ },
    {
      name: 'when results are none',
      fault: { body: data({ results: 'none', metadata }) },
      says: /no result of a query/,
    },
    {
      name: 'when it does not say when',
      fault: { body: data({ results: [{ value: 0 }] }) },
      says: /no result of a query/,
    },
    {
      name: 'when its time is negative',
      fault: { body: data({ results: [], metadata: { timeWindow: { end: -1 } } }) },
      says: /no result/,
    },
    { name: 'when it is slow', fault: 'hang', says: /cannot be asked: it did not answer in time/ },
  ];
  it.each(faults)('$name', async ({ fault, says }) => {
    server.fault = fault;

    const options = fault === 'hang' ? { timeoutSeconds: 0.2 } : {};
    for (const reading of await read(['error_rate'], {}, options)) {
      expect(reading).toMatchObject({ value: null, samples: 0, failed: true, reason: expect.stringMatching(says) });
    }
  });

  it('when it refuses the key, the account, or has neither', async () => {
    expect((await readOne('cpu', { secret: 'secret://env/other' })).reason).toMatch(
      /status 401: Invalid credentials provided\.$/,
    );
    expect((await readOne('cpu', { newRelic: { account: 1, region: 'us' } })).reason).toContain('Account 1 not found');
    expect((await readOne('cpu', { secret: null })).reason).toContain('has no account and key');
    expect((await readOne('cpu', { url: 'http://127.0.0.1:1/graphql' })).reason).toContain('nothing listens there');
  });

  it('while it limits requests, and leaves it alone meanwhile', async () => {
    const source = createNewRelicSource({ secrets, timeoutSeconds });
    const request = { target: target({ source: plan() }), needed: needed('throughput'), intervalSeconds: 30 };
    server.fault = {
      status: 429,
      headers: { 'retry-after': '60' },
      body: { errors: [{ message: 'Too many requests' }] },
    };
    const [first] = await source.read(request);
    server.fault = null;
    const [second] = await source.read(request);

    expect(first).toMatchObject({
      value: null,
      failed: true,
      reason: expect.stringMatching(/429, it limits requests/),
    });
    expect(second).toMatchObject({ value: null, failed: true, reason: expect.stringMatching(/asked again in \d+ s/) });
    expect(server.requests).toHaveLength(1);
  });
});
