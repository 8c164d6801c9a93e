import { createMetricSources } from '../../../src/activities/metrics';
import { createDatadogSource, type DatadogOptions } from '../../../src/activities/metrics/datadog';
import type { MetricReading } from '../../../src/analytics';
import type { MetricSourcePlan } from '../../../src/definition/release-plan';
import { target } from './app';
import { answer, type DatadogPoint, type DatadogSeries, fakeDatadog, keys, parametersOf } from './datadog-server';
import type { VendorAnswer } from './fake-vendor';

const values: Record<string, string> = { 'secret://env/api': keys.api, 'secret://env/app': keys.application };
const secrets = { resolve: async (reference: string) => values[reference] ?? 'wrong' };

/** At the beginning of a bucket, so that the same ones are in each window. */
const startedMs = Math.floor(Date.now() / 10_000) * 10_000;
const now = () => startedMs;
const timeoutSeconds = 20;
const windowSeconds = 60;
const needed = (...metrics: string[]) => metrics.map((metric) => ({ metric, windowSeconds }));

/** One point each ten seconds, at the times that Datadog's buckets have, the newest `ageSeconds` old. */
function points(value: number, { ageSeconds = 0, count = 90 } = {}): DatadogPoint[] {
  const newest = startedMs - ageSeconds * 1_000;
  return Array.from({ length: count }, (_, index): DatadogPoint => [newest - (count - 1 - index) * 10_000, value]);
}

const healthy: DatadogSeries = (query) => {
  if (query.startsWith('sum:trace.web.request.errors')) return [points(1)];
  if (query.startsWith('sum:trace.web.request.hits')) return [points(50)];
  if (query.startsWith('p95:trace.web.request{')) return [points(0.3)];
  if (query.startsWith('avg:container.cpu.usage')) return [points(0.4)];
  return [];
};
let series: DatadogSeries = healthy;
const server = fakeDatadog(() => series, now);
let url: string;

beforeAll(async () => {
  url = await server.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  series = healthy;
  server.fault = null;
  server.requests.length = 0;
});

function plan(more: Partial<MetricSourcePlan> = {}): MetricSourcePlan {
  return {
    name: 'dd',
    type: 'datadog',
    url,
    secret: 'secret://env/api',
    queries: {},
    datadog: { site: 'datadoghq.eu', applicationSecret: 'secret://env/app', operation: 'web.request' },
    ...more,
  };
}

/** Of a source of its own: what one was limited to must not hold up the next test. */
function read(metrics: string[], more: Partial<MetricSourcePlan> = {}, options: Partial<DatadogOptions> = {}) {
  const source = createDatadogSource({ secrets, timeoutSeconds, now, ...options });
  return source.read({ target: target({ source: plan(more) }), needed: needed(...metrics), intervalSeconds: 30 });
}

async function readOne(metric: string, more: Partial<MetricSourcePlan> = {}, options: Partial<DatadogOptions> = {}) {
  const [reading] = await read([metric], more, options);
  return reading as MetricReading;
}

describe('Datadog', () => {
  it('answers the golden signals of a release', async () => {
    const [errors, latency, throughput, cpu] = (await read([
      'error_rate',
      'latency_p95',
      'throughput',
      'cpu',
    ])) as MetricReading[];

    expect(errors).toMatchObject({ metric: 'error_rate', windowSeconds, samples: 300 });
    expect(errors?.value).toBeCloseTo(0.02, 9);
    expect(latency?.value).toBeCloseTo(0.3, 9);
    expect(throughput).toMatchObject({ value: 5, samples: 300 });
    expect(cpu).toMatchObject({ value: expect.closeTo(0.4, 9), samples: 0 });
  });

  it('asks each query once, by the tags of unified service tagging', async () => {
    await read(['error_rate', 'latency_p95', 'throughput']);

    const asked = server.requests.map((request) => parametersOf(request).query);
    expect(asked).toHaveLength(3);
    for (const query of asked) expect(query).toContain('{service:shop,env:production,version:1.1.0}');
  });

  it('takes a release without any error for one', async () => {
    series = (query) => (query.includes('.errors{') ? [] : healthy(query));

    expect(await readOne('error_rate')).toEqual({ metric: 'error_rate', windowSeconds, value: 0, samples: 300 });
  });

  it('weighs a ratio of the platform by the requests behind it', async () => {
    const lastOf = (last: number, others: number) =>
      points(0).map(([at], index): DatadogPoint => [at, index === 89 ? last : others]);
    series = (query) => [query === 'avg:ratio{*}' ? lastOf(1, 0) : lastOf(1, 99)];

    const reading = await readOne('error_rate', { queries: { error_rate: 'avg:ratio{*}' } });

    expect(reading.samples).toBe(5 * 99 + 1);
    expect(reading.value).toBeCloseTo(1 / (5 * 99 + 1), 9);
  });

  it('takes the queries of the platform document', async () => {
    series = (query) => (query === 'avg:queue.depth{env:production,version:1.1.0} over 60' ? [points(7)] : []);
    const queries = { queue_depth: 'avg:queue.depth{env:{{environment}},version:{{ release }}} over {{window}}' };

    expect(await readOne('queue_depth', { queries })).toMatchObject({ value: expect.closeTo(7, 9) });
  });

  it('knows what was, in steps, with the window of each', async () => {
    const toMs = startedMs - 120_000;
    const past = await createDatadogSource({ secrets, timeoutSeconds, now }).history({
      target: target({ source: plan() }),
      needed: needed('error_rate', 'throughput'),
      fromMs: toMs - 300_000,
      toMs,
      stepSeconds: 30,
    });

    expect(past).toHaveLength(22);
    expect(past.every(({ value, samples }) => value !== null && samples === 300)).toBe(true);
    expect(past.at(-1)?.at).toBe(new Date(toMs).toISOString());
    const { from, to } = parametersOf(server.requests[0]!);
    expect(to - from).toBeGreaterThanOrEqual(360);
  });
});

describe('Datadog is unknown', () => {
  const lies: { name: string; series: DatadogSeries; metric?: string; says: RegExp; failed: true | undefined }[] = [
    { name: 'without data', series: () => [], says: /no value of error_rate in 60 s/, failed: undefined },
    {
      name: 'without requests to weigh by',
      series: (query) => (query.includes('.hits{') ? [] : [points(0)]),
      says: /no requests to weigh error_rate by/,
      failed: undefined,
    },
    {
      name: 'when its requests have stopped, though other figures go on',
      series: (query) => [query.includes('.hits{') ? points(50, { ageSeconds: 400 }) : points(0)],
      says: /newest sample of 1.1.0 is 400 s old/,
      failed: true,
    },
    {
      name: 'for samples of the future',
      series: () => [points(0.001, { ageSeconds: -600 })],
      says: /600 s in the future: a clock is wrong/,
      failed: true,
    },
    { name: 'for a negative rate', series: () => [points(-0.1)], says: /cannot be negative/, failed: true },
    {
      name: 'for negative latencies',
      metric: 'latency_p95',
      series: (query) => [points(query.startsWith('p95') ? -1 : 50)],
      says: /latency_p95 cannot be negative/,
      failed: true,
    },
    {
      name: 'for more errors than requests',
      series: (query) => [points(query.includes('.hits{') ? 50 : 60)],
      says: /does its query give a percentage/,
      failed: true,
    },
    {
      name: 'when most requests have no figure',
      metric: 'latency_p95',
      series: (query) => [
        points(query.startsWith('sum:') ? 50 : 0).map(([at, value], index) => [
          at,
          query.startsWith('sum:') || index === 89 ? value : null,
        ]),
      ],
      says: /less than half of the requests/,
      failed: true,
    },
    {
      name: 'for several series',
      series: () => [points(0), points(0)],
      says: /2 series, expected one/,
      failed: true,
    },
    {
      name: 'for a metric without a query',
      metric: 'heat',
      series: healthy,
      says: /no query is known for heat/,
      failed: true,
    },
  ];
  it.each(lies)('$name', async ({ series: told, metric = 'error_rate', says, failed }) => {
    series = told;

    const reading = await readOne(metric);

    expect(reading).toMatchObject({ metric, value: null, samples: 0, reason: expect.stringMatching(says) });
    expect(reading.failed).toBe(failed);
  });

  const ok = (more: object) => ({ ...(answer('q', [], 0, 60) as object), ...more });
  const [one] = (answer('q', [points(0)], 0, 60) as { series: unknown[] }).series;
  const faults: { name: string; fault: VendorAnswer | 'hang'; says: RegExp }[] = [
    { name: 'when it fails', fault: { status: 500, body: 'oops' }, says: /status 500$/ },
    { name: 'when it sends a page', fault: { body: '<html>' }, says: /something that is no query result/ },
    { name: 'when it sends nothing', fault: { body: '' }, says: /something that is no query result/ },
    {
      name: 'when it sends NaN',
      fault: { body: '{"status":"ok","series":[{"pointlist":[[1,NaN]]}]}' },
      says: /no query result/,
    },
    {
      name: 'when it sends texts',
      fault: { body: ok({ series: [{ pointlist: [[1, '0.1']] }] }) },
      says: /no query result/,
    },
    {
      name: 'when it sends negative times',
      fault: { body: ok({ series: [{ pointlist: [[-5, 0]] }] }) },
      says: /no query result/,
    },
    { name: 'when series are none', fault: { body: ok({ series: 'many' }) }, says: /no query result/ },
    {
      name: 'when it answers in part',
      fault: { body: ok({ status: 'error', error: 'shard 3 timed out' }) },
      says: /shard 3 timed out/,
    },
    {
      name: 'when it does not say that all is well',
      fault: { body: { series: [] } },
      says: /no query result/,
    },
    {
      name: 'when the query is wrong',
      fault: { status: 400, body: { errors: ['Rule 0: cannot parse'] } },
      says: /status 400: Rule 0: cannot parse/,
    },
    {
      name: 'when it sends 10,000 series',
      fault: { body: ok({ series: Array.from({ length: 10_000 }, () => one) }) },
      says: /larger than 2 MiB: a query must give one series/,
    },
    { name: 'when it is slow', fault: 'hang', says: /cannot be asked: it did not answer in time/ },
  ];
  it.each(faults)('$name', async ({ fault, says }) => {
    server.fault = fault;

    const options = fault === 'hang' ? { timeoutSeconds: 0.2 } : {};
    for (const reading of await read(['error_rate', 'throughput'], {}, options)) {
      expect(reading).toMatchObject({ value: null, samples: 0, failed: true, reason: expect.stringMatching(says) });
    }
  });

  it('when it refuses a key, and says which may be wrong', async () => {
    const reading = await readOne('cpu', { secret: 'secret://env/other' });

    expect(reading).toMatchObject({ value: null, failed: true });
    expect(reading.reason).toMatch(/status 403: Forbidden \(are both keys right/);
    expect(reading.reason).not.toContain('wrong');
  });

  it('when nothing listens there, or it has no keys', async () => {
    expect((await readOne('cpu', { url: 'http://127.0.0.1:1' })).reason).toContain('nothing listens there');
    expect((await readOne('cpu', { secret: null })).reason).toContain('has no keys');
  });

  it.each([
    { name: 'behind', now: () => startedMs - 300_000, says: /clock of this machine is 300 s behind/ },
    { name: 'ahead', now: () => startedMs + 300_000, says: /clock of this machine is 300 s ahead/ },
  ])('when our clock is $name', async ({ now, says }) => {
    expect(await readOne('cpu', {}, { now })).toMatchObject({
      value: null,
      failed: true,
      reason: expect.stringMatching(says),
    });
  });

  it('has no past when it fails', async () => {
    server.fault = { status: 500, body: '' };
    const past = await createDatadogSource({ secrets, timeoutSeconds, now }).history({
      target: target({ source: plan() }),
      needed: needed('error_rate'),
      fromMs: Date.now() - 60_000,
      toMs: Date.now(),
      stepSeconds: 10,
    });

    expect(past).toEqual([]);
  });
});

describe('a Datadog that limits requests', () => {
  it.each([
    { name: 'Retry-After', headers: { 'retry-after': '60' } },
    { name: "Datadog's own header", headers: { 'x-ratelimit-reset': '60' } },
  ])('is left alone as long as it says by $name', async ({ headers }) => {
    let nowMs = startedMs;
    const source = createDatadogSource({ secrets, timeoutSeconds, now: () => nowMs });
    const ask = async () => {
      const request = { target: target({ source: plan() }), needed: needed('cpu'), intervalSeconds: 30 };
      return (await source.read(request))[0] as MetricReading;
    };
    server.fault = { status: 429, headers, body: { errors: ['Too many requests'] } };
    expect((await ask()).reason).toMatch(/status 429, it limits requests: it is asked again in 60 s/);
    server.fault = null;

    nowMs += 20_000;
    expect(await ask()).toMatchObject({ value: null, failed: true, reason: expect.stringContaining('again in 40 s') });
    expect(server.requests.filter(({ url: asked }) => parametersOf({ url: asked }).query.includes('cpu'))).toHaveLength(
      1,
    );
  });

  it('is asked again afterwards', async () => {
    const source = createDatadogSource({ secrets, timeoutSeconds, now });
    const request = { target: target({ source: plan() }), needed: needed('cpu'), intervalSeconds: 30 };
    server.fault = { status: 429, headers: { 'retry-after': '0' }, body: '' };
    expect((await source.read(request))[0]?.value).toBeNull();
    server.fault = null;

    expect((await source.read(request))[0]?.value).toBeCloseTo(0.4, 9);
  });

  it('holds up no other source while it hangs', async () => {
    const other = fakeDatadog(() => healthy);
    const otherUrl = await other.start();
    server.fault = 'hang';
    const sources = createMetricSources({ endpoints: async () => [], secrets });
    const request = (at: string) => ({
      target: target({ source: plan({ url: at }) }),
      needed: needed('cpu'),
      intervalSeconds: 30,
    });
    const order: string[] = [];

    // More than it has connections.
    const slow = Promise.all(Array.from({ length: 20 }, () => sources.read(request(url)))).then(() =>
      order.push('slow'),
    );
    const [reading] = await sources.read(request(otherUrl));
    order.push('other');
    await slow;

    expect(reading?.value).toBeCloseTo(0.4, 9);
    expect(order).toEqual(['other', 'slow']);
    sources.stop();
    await other.stop();
  });
});
