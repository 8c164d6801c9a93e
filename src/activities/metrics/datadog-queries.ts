import type { MetricTarget } from '../../definition/release-plan';
import { fillForTarget, ownOf, requestsQuery } from './template';
import type { Aggregation } from './window';

// The three tags of unified service tagging, which the tracer and the agent give to traces, containers and metrics.
const tags = 'service:{{app}},env:{{environment}},version:{{release}}';
const hits = `sum:trace.{{operation}}.hits{${tags}}.as_count()`;

interface DatadogQuery {
  readonly query: string;
  readonly aggregation: Aggregation;
}

/** By metric. */
const defaults: Readonly<Record<string, DatadogQuery>> = {
  [requestsQuery]: { query: hits, aggregation: 'sum' },
  // A service without any error has no such series: that is a rate of 0, not an unknown one.
  error_rate: { query: `sum:trace.{{operation}}.errors{${tags}}.as_count()`, aggregation: 'share_of_requests' },
  throughput: { query: hits, aggregation: 'per_second' },
  latency_p50: percentile(50),
  latency_p95: percentile(95),
  latency_p99: percentile(99),
  // The agent tells nanocores.
  cpu: { query: `avg:container.cpu.usage{${tags}} / 1000000000`, aggregation: 'mean' },
  memory: { query: `max:container.memory.usage{${tags}}`, aggregation: 'max' },
  saturation: { query: `max:container.cpu.usage{${tags}} / max:container.cpu.limit{${tags}}`, aggregation: 'max' },
};

function percentile(p: number): DatadogQuery {
  return { query: `p${p}:trace.{{operation}}{${tags}}`, aggregation: 'mean_by_requests' };
}

/** An override gives the figure itself, where some defaults give the counts that it is computed from. */
const ofOverride: Readonly<Record<Aggregation, Aggregation>> = {
  mean_by_requests: 'mean_by_requests',
  share_of_requests: 'mean_by_requests',
  per_second: 'mean',
  sum: 'sum',
  mean: 'mean',
  max: 'max',
};

/** Null: there is neither an override nor a default for the metric. */
export function datadogQueryFor(target: MetricTarget, metric: string, windowSeconds: number): DatadogQuery | null {
  const override = ownOf(target.source.queries, metric);
  const known = ownOf(defaults, metric);
  if (override === undefined) return known ? { ...known, query: fill(known.query, target, windowSeconds) } : null;
  const aggregation = ofOverride[known?.aggregation ?? 'mean'];
  return { query: fill(override, target, windowSeconds), aggregation };
}

function fill(template: string, target: MetricTarget, windowSeconds: number): string {
  return fillForTarget(template, target, tagValue, {
    operation: target.source.datadog?.operation ?? '',
    window: String(Math.max(1, Math.round(windowSeconds))),
  });
}

/** As Datadog stores it, which is also free of whatever would end the tag in a query. */
function tagValue(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_\-:./]+/gu, '_')
    .replace(/_{2,}/g, '_')
    .slice(0, 200)
    .replace(/_+$/, '');
}
