import { datadogQueryFor } from '../../../src/activities/metrics/datadog-queries';
import { newestNrqlFor, nrqlFor } from '../../../src/activities/metrics/new-relic-queries';
import { queryFor } from '../../../src/activities/metrics/prometheus-queries';
import { metricNames } from '../../../src/definition/metrics';
import type { MetricSourcePlan, MetricTarget } from '../../../src/definition/release-plan';
import { target } from './app';

const base = { name: 'source', url: null, secret: null, queries: {} };
const sources = {
  prometheus: { ...base, type: 'prometheus' },
  datadog: {
    ...base,
    type: 'datadog',
    datadog: { site: 'datadoghq.com', applicationSecret: 'secret://env/APP', operation: 'web.request' },
  },
  newRelic: { ...base, type: 'new_relic', newRelic: { account: 1, region: 'us' } },
} as const satisfies Record<string, MetricSourcePlan>;

const of = (source: MetricSourcePlan, more: Partial<MetricTarget> = {}) => target({ source, ...more });

const templates: readonly { readonly name: string; readonly query: (metric: string) => string | null | undefined }[] = [
  { name: 'Prometheus', query: (metric) => queryFor(of(sources.prometheus), metric, 60) },
  { name: 'Datadog', query: (metric) => datadogQueryFor(of(sources.datadog), metric, 60)?.query },
  { name: 'New Relic', query: (metric) => nrqlFor(of(sources.newRelic), metric, 60) },
];

describe.each(templates)('the queries of $name', ({ query }) => {
  it.each([...metricNames, 'requests'])('have %s, of one release, with everything filled in', (metric) => {
    const text = query(metric);

    expect(text).toContain('1.1.0');
    expect(text).toContain('production');
    expect(text).not.toMatch(/\{\{|\}\}\}/);
  });

  it('have none for what only a platform can know', () => {
    expect(query('queue_depth') ?? null).toBeNull();
    expect(query('toString') ?? null).toBeNull();
  });
});

describe('the queries of Datadog', () => {
  it.each([
    ['error_rate', 'sum:trace.web.request.errors{TAGS}.as_count()'],
    ['throughput', 'sum:trace.web.request.hits{TAGS}.as_count()'],
    ['latency_p99', 'p99:trace.web.request{TAGS}'],
    ['saturation', 'max:container.cpu.usage{TAGS} / max:container.cpu.limit{TAGS}'],
  ])('are those of trace metrics and containers: %s', (metric, query) => {
    const tags = 'service:shop,env:production,version:1.1.0';

    expect(datadogQueryFor(of(sources.datadog), metric, 60)?.query).toBe(query.replaceAll('TAGS', tags));
  });

  it.each([
    ['1.1.0+build.7', '1.1.0_build.7'],
    ['1.1.0} by {host', '1.1.0_by_host'],
    ['Release/A__B ', 'release/a_b'],
  ])('have the release as Datadog stores the tag: %s', (release, tag) => {
    const { query } = datadogQueryFor(of(sources.datadog, { release }), 'throughput', 60) ?? {};

    expect(query).toContain(`,version:${tag}}.as_count()`);
  });

  it.each([
    ['error_rate', 'mean_by_requests'],
    ['throughput', 'mean'],
    ['memory', 'max'],
    ['queue_depth', 'mean'],
    ['requests', 'sum'],
  ])('take an override of %s together by %s', (metric, aggregation) => {
    const queries = { [metric]: 'avg:own{env:{{ environment }}}.rollup(avg, {{window}})' };

    expect(datadogQueryFor(of({ ...sources.datadog, queries }), metric, 60)).toEqual({
      query: 'avg:own{env:production}.rollup(avg, 60)',
      aggregation,
    });
  });
});

describe('the queries of New Relic', () => {
  it('are those of OpenTelemetry, without a time of their own', () => {
    const where =
      "FROM Metric WHERE service.name = 'shop' AND service.version = '1.1.0' AND (deployment.environment.name = 'production' OR deployment.environment = 'production')";

    expect(nrqlFor(of(sources.newRelic), 'latency_p95', 60)).toBe(
      `SELECT percentile(http.server.request.duration, 95) ${where}`,
    );
    expect(newestNrqlFor(of(sources.newRelic))).toBe(`SELECT latest(timestamp) ${where}`);
  });

  it('keep a release within its quotes', () => {
    const text = nrqlFor(of(sources.newRelic, { release: "1' OR '1\\" }), 'throughput', 60);

    expect(text).toContain("service.version = '1\\' OR \\'1\\\\' AND");
  });

  it('give way to those of the platform', () => {
    const queries = { error_rate: "SELECT x FROM Y WHERE ns = '{{namespace}}' AND w = {{window}} AND {{unheard_of}}" };

    expect(nrqlFor(of({ ...sources.newRelic, queries }), 'error_rate', 90)).toBe(
      "SELECT x FROM Y WHERE ns = 'shop' AND w = 90 AND {{unheard_of}}",
    );
  });
});
