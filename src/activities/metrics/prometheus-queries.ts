import type { AppMetrics, MetricTarget } from '../../definition/release-plan';
import { fillForTarget, ownOf, requestsQuery } from './template';

// The default templates expect the labels that a scrape configuration gives to each replica: app, environment and
// release, and region where the environment has regions. Who has others overrides the query of a metric in the platform
// document.
const selector = 'app="{{app}}", environment="{{environment}}", release="{{release}}"{{and_region}}';

/** By metric. An app without any answer with 5xx has no such series: that is a rate of 0, not an unknown one. */
const defaults: Readonly<Record<string, string>> = {
  [requestsQuery]: `sum(increase({{requests}}{${selector}}[{{window}}]))`,
  error_rate: `(sum(rate({{requests}}{${selector}, {{status_label}}=~"5.."}[{{window}}])) or vector(0)) / sum(rate({{requests}}{${selector}}[{{window}}]))`,
  throughput: `sum(rate({{requests}}{${selector}}[{{window}}]))`,
  latency_p50: quantile(0.5),
  latency_p95: quantile(0.95),
  latency_p99: quantile(0.99),
  cpu: `avg(rate(process_cpu_seconds_total{${selector}}[{{window}}]))`,
  memory: `max(process_resident_memory_bytes{${selector}})`,
  // The one limit that the official client libraries tell beside its use. Who knows a nearer one overrides it.
  saturation: `max(process_open_fds{${selector}} / process_max_fds{${selector}})`,
};

/** Seconds since the newest sample of any replica; no answer: none is scraped at the moment. */
const ageQuery = `time() - max(timestamp({{requests}}{${selector}}))`;

function quantile(q: number): string {
  return `histogram_quantile(${q}, sum by (le) (rate({{duration}}_bucket{${selector}}[{{window}}])))`;
}

/** Null: there is neither an override nor a default for the metric. */
export function queryFor(target: MetricTarget, metric: string, windowSeconds: number): string | null {
  const override = ownOf(target.source.queries, metric);
  if (override !== undefined) return fill(override, target, windowSeconds);
  const template = ownOf(defaults, metric);
  return template === undefined || target.appMetrics === null ? null : fill(template, target, windowSeconds);
}

export function isOverridden(target: MetricTarget, metric: string): boolean {
  return ownOf(target.source.queries, metric) !== undefined;
}

/** Null: the app serves no metrics by which the age could be told. */
export function ageQueryFor(target: MetricTarget): string | null {
  return target.appMetrics === null ? null : fill(ageQuery, target, 0);
}

function fill(template: string, target: MetricTarget, windowSeconds: number): string {
  return fillForTarget(template, target, escaped, {
    and_region: target.region === undefined ? '' : `, region="${escaped(target.region)}"`,
    // In milliseconds, because a scaled window need not be whole seconds.
    window: `${Math.max(1, Math.round(windowSeconds * 1_000))}ms`,
    ...namesOf(target.appMetrics),
  });
}

function namesOf(metrics: AppMetrics | null): Readonly<Record<string, string>> {
  return metrics === null
    ? {}
    : { requests: metrics.requests, duration: metrics.duration, status_label: metrics.statusLabel };
}

/** Inside a quoted PromQL string: a release may be called anything. */
function escaped(text: string): string {
  return text.replace(/[\\"']/g, '\\$&').replaceAll('\n', '\\n');
}
