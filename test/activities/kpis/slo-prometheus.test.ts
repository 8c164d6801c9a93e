import { createFigureReader } from '../../../src/activities/kpis/figure-reader';
import { sloStatus } from '../../../src/activities/kpis/slo-status';
import { createMetricSources } from '../../../src/activities/metrics';
import type { SloPlan } from '../../../src/definition';
import { waitFor } from '../../support/wait-for';
import { FakeReplica } from '../metrics/app';
import { describePrometheus, type PrometheusServer, startPrometheus } from '../metrics/prometheus-server';

const metrics = createMetricSources({ endpoints: async () => [], secrets: { resolve: async () => '' } });
afterAll(() => metrics.stop());

describePrometheus('an objective that Prometheus measures', () => {
  const replica = new FakeReplica();
  let server: PrometheusServer;
  let traffic: NodeJS.Timeout;
  const requests = (more: string) =>
    `sum(increase(http_requests_total{app="{{app}}", environment="{{environment}}"${more}}[{{window}}]))`;
  const plan = (change: Partial<SloPlan> = {}): SloPlan => ({
    name: 'checkout',
    environment: 'production',
    app: 'shop',
    objective: 0.95,
    windowDays: 30,
    source: { name: 'prom', type: 'prometheus', url: server.url, secret: null, queries: {} },
    queries: { good: requests(', status!~"5.."'), total: requests('') },
    ...change,
  });
  // A reader of its own each time: one remembers its answers.
  const status = (slo: SloPlan) => sloStatus(slo, 'default', createFigureReader(metrics, Date.now));

  beforeAll(async () => {
    await replica.start();
    replica.ok = 9;
    replica.failed = 1;
    server = await startPrometheus(replica.port, { app: 'shop', environment: 'production' });
    traffic = setInterval(() => {
      replica.ok += 9;
      replica.failed += 1;
    }, 100);
  });
  afterAll(async () => {
    clearInterval(traffic);
    await server.stop();
    await replica.stop();
  });

  it('has availability, budget and burn rates of all windows', async () => {
    const measured = await waitFor('figures of all windows', async () => {
      const now = await status(plan());
      return now.reason === undefined ? now : null;
    });

    // One request of ten fails, one of twenty may.
    expect(measured.availability).toBeCloseTo(0.9, 1);
    expect(measured.budgetLeft).toBeCloseTo(-1, 0);
    expect(measured.burnRates.map(({ window }) => window)).toEqual(['1h', '5m', '6h', '30m', '3d', '6h']);
    for (const { rate } of measured.burnRates) expect(rate).toBeCloseTo(2, 0);
  });

  it('is measured by a query of the source where it names an indicator', async () => {
    const errors = `${requests(', status=~"5.."')} / ${requests('')}`;
    const indicator = plan({
      queries: null,
      source: { name: 'prom', type: 'prometheus', url: server.url, secret: null, queries: { error_rate: errors } },
    });

    const measured = await waitFor('an error rate', async () => {
      const now = await status(indicator);
      return now.availability === null ? null : now;
    });

    expect(measured.availability).toBeCloseTo(0.9, 1);
  });

  it('is not measured, and says why, by a query that gives many series or is none', async () => {
    const many = await status(plan({ queries: { good: requests(''), total: '{__name__=~"http.*"}' } }));
    const none = await status(plan({ queries: { good: requests(''), total: 'sum(((' } }));
    const empty = await status(plan({ app: 'nobody' }));

    expect([many, none, empty].map(({ availability }) => availability)).toEqual([null, null, null]);
    expect(many.reason).toContain('series, expected one');
    expect(none.reason).toContain('parse error');
    expect(empty.reason).toContain('no value of slo_');
  });

  it('is not measured by a server that is not there', async () => {
    const source = { name: 'prom', type: 'prometheus', url: 'http://127.0.0.1:9', secret: null, queries: {} } as const;

    const away = await status(plan({ source }));

    expect(away).toMatchObject({
      availability: null,
      budgetLeft: null,
      reason: expect.stringContaining('127.0.0.1:9'),
    });
    expect(away.burnRates.every(({ rate }) => rate === null)).toBe(true);
  });
});
