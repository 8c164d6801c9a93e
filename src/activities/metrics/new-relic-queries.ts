import type { MetricTarget } from '../../definition/release-plan';
import { fillForTarget, ownOf, requestsQuery } from './template';

// Names of OpenTelemetry's semantic conventions: its resource attributes tell app, environment and release apart.
const release = [
  "service.name = '{{app}}'",
  "service.version = '{{release}}'",
  "(deployment.environment.name = '{{environment}}' OR deployment.environment = '{{environment}}')",
].join(' AND ');
const from = `FROM Metric WHERE ${release}`;
const duration = 'http.server.request.duration';

/** By metric. One figure each; the span of time is added by whoever asks. */
const defaults: Readonly<Record<string, string>> = {
  [requestsQuery]: `SELECT count(${duration}) ${from}`,
  error_rate: `SELECT filter(count(${duration}), WHERE numeric(http.response.status_code) >= 500) / count(${duration}) ${from}`,
  throughput: `SELECT rate(count(${duration}), 1 second) ${from}`,
  latency_p50: `SELECT percentile(${duration}, 50) ${from}`,
  latency_p95: `SELECT percentile(${duration}, 95) ${from}`,
  latency_p99: `SELECT percentile(${duration}, 99) ${from}`,
  cpu: `SELECT rate(sum(process.cpu.time), 1 second) / uniqueCount(service.instance.id) ${from}`,
  memory: `SELECT max(process.memory.usage) ${from}`,
  saturation: `SELECT max(k8s.container.cpu_limit_utilization) ${from}`,
};

/** When the release was heard of last, whatever it said. */
const newestQuery = `SELECT latest(timestamp) ${from}`;

/** Null: there is neither an override nor a default for the metric. */
export function nrqlFor(target: MetricTarget, metric: string, windowSeconds: number): string | null {
  const template = ownOf(target.source.queries, metric) ?? ownOf(defaults, metric);
  return template === undefined ? null : fill(template, target, windowSeconds);
}

export function isOverriddenNrql(target: MetricTarget, metric: string): boolean {
  return ownOf(target.source.queries, metric) !== undefined;
}

export function newestNrqlFor(target: MetricTarget): string {
  return fill(newestQuery, target, 0);
}

function fill(template: string, target: MetricTarget, windowSeconds: number): string {
  return fillForTarget(template, target, nrqlText, { window: String(Math.max(1, Math.round(windowSeconds))) });
}

/** Inside a string of NRQL in single quotes: a release may be called anything. */
export function nrqlText(text: string): string {
  return text.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n');
}
