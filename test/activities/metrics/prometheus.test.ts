import { createMetricSources } from '../../../src/activities/metrics';
import type { MetricReading } from '../../../src/analytics';
import type { MetricSourcePlan } from '../../../src/definition/release-plan';
import { waitFor } from '../../support/wait-for';
import { FakeReplica, target } from './app';
import { describePrometheus, type PrometheusServer, startPrometheus } from './prometheus-server';

const secrets = { resolve: async (reference: string) => (reference === 'secret://env/token' ? 'sesame' : 'user:open') };
const metrics = createMetricSources({ endpoints: async () => [], secrets });
afterAll(() => metrics.stop());

// A name that would break out of the query's string, were it not escaped.
const release = '1.1.0"} or vector(1) #\\';
const windowSeconds = 4;
const all = ['error_rate', 'latency_p95', 'throughput'].map((metric) => ({ metric, windowSeconds }));

function read(source: Partial<MetricSourcePlan>, needed = all) {
  const plan: MetricSourcePlan = { name: 'prom', type: 'prometheus', url: null, secret: null, queries: {}, ...source };
  return metrics.read({ target: target({ source: plan, release }), needed, intervalSeconds: 1 });
}

describePrometheus('Prometheus', () => {
  const replica = new FakeReplica();
  let server: PrometheusServer;
  let traffic: NodeJS.Timeout;

  beforeAll(async () => {
    await replica.start();
    server = await startPrometheus(replica.port, { app: 'shop', environment: 'production', release });
    traffic = setInterval(() => {
      replica.ok += 9;
      replica.failed += 1;
    }, 100);
    const scrapes = { url: server.url, queries: { saturation: 'sum_over_time(up[1m])' } };
    await waitFor('seven scrapes', async () => {
      const [reading] = await read(scrapes, [{ metric: 'saturation', windowSeconds }]);
      return (reading?.value ?? 0) >= 7;
    });
  });
  afterAll(async () => {
    clearInterval(traffic);
    await server.stop();
    await replica.stop();
  });

  it('answers the golden signals of a release, whatever it is called', async () => {
    // Each query is answered as of its own instant: with a scrape between two of them they tell of two windows.
    const [errors, latency, throughput] = await waitFor('readings of one window', async () => {
      const readings = (await read({ url: server.url })) as [MetricReading, MetricReading, MetricReading];
      const { value, samples } = readings[2];
      const isOne = samples > 100 && Math.abs((value ?? 0) * windowSeconds - samples) < 5;
      return isOne && readings.every((reading) => reading.value !== null) ? readings : null;
    });

    expect(errors.value).toBeCloseTo(0.1, 1);
    expect(latency.value).toBeCloseTo(0.095, 2);
    expect(throughput.samples).toBeGreaterThan(100);
    expect((throughput.value ?? 0) * windowSeconds).toBeCloseTo(throughput.samples, -1);
    expect(errors.reason).toBeUndefined();
  });

  it('knows what was, in steps', async () => {
    const toMs = Date.now();
    const source: MetricSourcePlan = { name: 'prom', type: 'prometheus', url: server.url, secret: null, queries: {} };
    const past = await metrics.history({
      target: target({ source, release }),
      needed: all.slice(0, 1),
      fromMs: toMs - 60_000,
      toMs,
      stepSeconds: 1,
    });

    expect(past.length).toBeGreaterThan(1);
    expect(past.every(({ value, samples }) => value !== null && Math.abs(value - 0.1) < 0.05 && samples > 0)).toBe(
      true,
    );
    expect(Date.parse(past.at(-1)?.at ?? '')).toBe(toMs);
  });

  it('takes the queries of the platform document', async () => {
    const queries = {
      error_rate: 'count(http_requests_total{app="{{ app }}", release="{{release}}"}) / 10',
      saturation: 'sum_over_time(up{environment="{{environment}}"}[{{window}}])',
    };
    const needed = [
      { metric: 'error_rate', windowSeconds },
      { metric: 'saturation', windowSeconds },
    ];
    // A Prometheus that is busy scrapes late: a window may have fewer.
    const [errors, saturation] = await waitFor('a window with its scrapes', async () => {
      const readings = await read({ url: server.url, queries }, needed);
      return (readings[1]?.value ?? 0) >= windowSeconds - 1 ? readings : null;
    });

    expect(errors).toMatchObject({ value: 0.2 });
    expect(saturation?.value).toBeGreaterThanOrEqual(windowSeconds - 1);
  });

  it.each([
    { name: 'a query with a mistake', query: 'sum(', says: /status 400: .*parse error/, failed: true },
    {
      name: 'a query with several answers',
      query: 'http_requests_total',
      says: /2 series, expected one/,
      failed: true,
    },
    { name: 'a query of a range', query: 'up[5m]', says: /a matrix, expected one number/, failed: true },
    { name: 'no data', query: 'nothing_of_that_name', says: /no value of error_rate/, failed: undefined },
    { name: 'what is not a number', query: 'vector(0) / vector(0)', says: /no value of error_rate/, failed: undefined },
    { name: 'what is infinite', query: 'vector(1) / vector(0)', says: /no value of error_rate/, failed: undefined },
  ])('is unknown for $name', async ({ query, says, failed }) => {
    const [reading] = await read({ url: server.url, queries: { error_rate: query } });

    expect(reading).toMatchObject({ value: null, reason: expect.stringMatching(says) });
    expect(reading?.failed).toBe(failed);
  });

  it('is unknown for a metric that it has no query for', async () => {
    const [reading] = await read({ url: server.url }, [{ metric: 'queue_depth', windowSeconds }]);

    expect(reading).toMatchObject({
      value: null,
      failed: true,
      reason: expect.stringContaining('no query is known for queue_depth'),
    });
  });

  it('is unknown when the replica is scraped no more, though its last figures are still in the window', async () => {
    replica.broken = (_, response) => void response.writeHead(500).end();
    const wide = [{ metric: 'error_rate', windowSeconds: 300 }];
    const reading = await waitFor('the end of its series', async () =>
      (await read({ url: server.url }, wide)).find(({ value }) => value === null),
    );
    replica.broken = null;

    expect(reading).toMatchObject({ failed: true, reason: expect.stringContaining('scrapes no replica') });
  });
});

describe('a Prometheus in trouble', () => {
  const server = new FakeReplica();
  let url: string;
  beforeAll(async () => {
    url = new URL(await server.start()).origin;
  });
  afterAll(() => server.stop());

  const answer = (status: number, body: unknown) => {
    server.broken = (_, response) =>
      void response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  };
  const success = { status: 'success', data: { resultType: 'vector', result: [{ value: [1, '0.001'] }] } };

  it.each([
    { name: 'fails', status: 503, body: 'down', says: /status 503$/ },
    { name: 'refuses the credential', status: 401, body: 'no', says: /status 401$/ },
    {
      name: 'is overloaded',
      status: 422,
      body: { status: 'error', error: 'query timed out' },
      says: /status 422: query timed out/,
    },
    { name: 'answers something else', status: 200, body: '<html>', says: /something that is no query result/ },
    {
      name: 'answers in part',
      status: 200,
      body: { ...success, warnings: ['store b is down'] },
      says: /in part only: store b is down/,
    },
  ])('is unknown when it $name', async ({ status, body, says }) => {
    answer(status, body);

    for (const reading of await read({ url })) {
      expect(reading).toMatchObject({ value: null, samples: 0, failed: true, reason: expect.stringMatching(says) });
    }
  });

  it.each([
    { name: 'a negative rate', value: '-0.2', says: /error_rate cannot be negative/ },
    { name: 'a percentage', value: '2', says: /does its query give a percentage/ },
  ])('is unknown when it tells $name', async ({ value, says }) => {
    answer(200, { status: 'success', data: { resultType: 'vector', result: [{ value: [1, value] }] } });

    const [reading] = await read({ url, queries: { error_rate: 'x', requests: 'vector(9)' } }, all.slice(0, 1));

    expect(reading).toMatchObject({ value: null, failed: true, reason: expect.stringMatching(says) });
  });

  it('is left alone as long as it wants when it limits requests', async () => {
    const own = createMetricSources({ endpoints: async () => [], secrets });
    const source = {
      name: 'prom',
      type: 'prometheus',
      url,
      secret: null,
      queries: { heat: 'x', requests: 'y' },
    } as const;
    const ask = () =>
      own.read({ target: target({ source }), needed: [{ metric: 'heat', windowSeconds }], intervalSeconds: 1 });
    server.broken = (_, response) => void response.writeHead(429, { 'retry-after': '60' }).end();
    const [limited] = await ask();
    const before = server.scrapes;
    answer(200, success);
    const [waiting] = await ask();

    expect(limited).toMatchObject({ value: null, failed: true, reason: expect.stringContaining('status 429') });
    expect(waiting).toMatchObject({ value: null, failed: true, reason: expect.stringMatching(/asked again in \d+ s/) });
    expect(server.scrapes).toBe(before);
    own.stop();
  });

  it('is unknown when it is away, or has no address', async () => {
    expect((await read({ url: 'http://127.0.0.1:1' }))[0]).toMatchObject({
      value: null,
      failed: true,
      reason: expect.stringContaining('nothing listens'),
    });
    expect((await read({ url: null }))[0]).toMatchObject({
      value: null,
      failed: true,
      reason: expect.stringContaining('has no URL'),
    });
  });

  it.each([
    { secret: 'secret://env/token', header: 'Bearer sesame' },
    { secret: 'secret://env/login', header: `Basic ${Buffer.from('user:open').toString('base64')}` },
  ])('is asked with $secret', async ({ secret, header }) => {
    const seen: unknown[] = [];
    server.broken = (request, response) => {
      seen.push(request.headers.authorization);
      response.end(JSON.stringify(success));
    };

    const [reading] = await read({ url, secret, queries: { error_rate: 'x', requests: 'y' } }, all.slice(0, 1));

    expect(seen).toEqual([header, header]);
    expect(reading).toMatchObject({ value: 0.001, samples: 0 });
  });

  it('is unknown when its samples are old', async () => {
    server.broken = (request, response) => {
      let body = '';
      request.on('data', (data) => {
        body += data;
      });
      request.on('end', () => {
        const value = new URLSearchParams(body).get('query')?.startsWith('time()') ? '140' : '0.001';
        response.end(
          JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [{ value: [1, value] }] } }),
        );
      });
    };

    expect((await read({ url }))[0]).toMatchObject({
      value: null,
      failed: true,
      reason: expect.stringContaining('140 s old'),
    });
  });
});
