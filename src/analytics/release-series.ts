import type { AppMetrics } from '../definition/release-plan';
import { type Bucket, histogramQuantile } from './histogram';
import { parsePrometheusText } from './prometheus-text';
import type { MetricReading } from './reading';
import { type Increment, incrementOf, type Snapshot, snapshotOf } from './scrape';

/** The metrics that a `ReleaseSeries` can read. */
export const builtinMetrics = [
  'error_rate',
  'latency_p50',
  'latency_p95',
  'latency_p99',
  'throughput',
  'cpu',
  'memory',
] as const;
export type BuiltinMetric = (typeof builtinMetrics)[number];

const quantiles: Readonly<Partial<Record<BuiltinMetric, number>>> = {
  latency_p50: 0.5,
  latency_p95: 0.95,
  latency_p99: 0.99,
};

export interface ReleaseSeriesOptions {
  /** How far back readings can look, in seconds: at least the longest window. @default 900 */
  readonly retainSeconds?: number;
}

/**
 * Turns successive scrapes of the replicas of one release into readings over a window. Increases are taken per replica
 * and per series and only then added up, so restarts, replaced replicas and replicas that come and go are no peaks and
 * no dips. Bounded: it keeps the last scrape of a replica and the increments of `retainSeconds`.
 *
 * - `error_rate`: answers with a 5xx status among all requests, a ratio
 * - `latency_p50`, `latency_p95`, `latency_p99`: seconds, interpolated in the histogram
 * - `throughput`: requests a second of all replicas together
 * - `cpu`: cores a replica uses on average
 * - `memory`: resident bytes of the replica that uses most
 */
export class ReleaseSeries {
  private readonly retainMs: number;
  private readonly latest = new Map<string, Snapshot>();
  /** Ordered by `toMs`. */
  private increments: Increment[] = [];
  private latestMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly metrics: AppMetrics,
    options: ReleaseSeriesOptions = {},
  ) {
    this.retainMs = (options.retainSeconds ?? 900) * 1000;
  }

  /**
   * Takes in one scrape. Scrapes of one replica come in the order of time; one that is not newer is ignored.
   *
   * @param at ISO-8601
   * @throws InvalidInput when the text is not Prometheus text format; nothing of it is kept then.
   */
  add(at: string, replica: string, text: string): void {
    const now = snapshotOf(parsePrometheusText(text), this.metrics, Date.parse(at));
    const before = this.latest.get(replica);
    if (before && now.atMs <= before.atMs) return;
    this.latest.set(replica, now);
    if (before) this.insert(incrementOf(replica, before, now));
    this.latestMs = Math.max(this.latestMs, now.atMs);
    this.forget();
  }

  /** The reading of `metric` over the `windowSeconds` that end at `at` (ISO-8601; default: the newest scrape). */
  reading(metric: BuiltinMetric, windowSeconds: number, at?: string): MetricReading {
    const endMs = at === undefined ? this.latestMs : Date.parse(at);
    const startMs = endMs - windowSeconds * 1000;
    const first = this.increments.findLastIndex(({ toMs }) => toMs <= startMs) + 1;
    const inWindow = this.increments.slice(first).filter((increment) => isMostlyWithin(increment, startMs, endMs));
    const requests = sum(inWindow.map((increment) => increment.requests));
    const reading = { metric, windowSeconds, samples: requests };
    if (inWindow.length === 0) {
      const reason = `there were no two scrapes close enough for a window of ${windowSeconds} s`;
      return { ...reading, value: null, reason, failed: true };
    }
    const value = this.compute(metric, inWindow, requests, startMs);
    return value === null
      ? { ...reading, value, reason: this.whyUnknown(metric, windowSeconds, requests) }
      : { ...reading, value };
  }

  private compute(metric: BuiltinMetric, increments: readonly Increment[], requests: number, startMs: number) {
    switch (metric) {
      case 'error_rate':
        return requests > 0 ? sum(increments.map(({ errors }) => errors)) / requests : null;
      case 'throughput': {
        const fromMs = Math.max(startMs, Math.min(...increments.map((increment) => increment.fromMs)));
        const toMs = Math.max(...increments.map((increment) => increment.toMs));
        return (requests / (toMs - fromMs)) * 1000;
      }
      case 'cpu':
        return meanCores(increments);
      case 'memory':
        return highest(latestMemory(increments));
      default:
        return histogramQuantile(quantiles[metric] ?? 0.5, mergeBuckets(increments));
    }
  }

  private whyUnknown(metric: BuiltinMetric, windowSeconds: number, requests: number): string {
    if (metric === 'cpu') return 'the app does not serve process_cpu_seconds_total';
    if (metric === 'memory') return 'the app does not serve process_resident_memory_bytes';
    if (requests === 0) return `there were no requests in ${windowSeconds} s (${this.metrics.requests} did not grow)`;
    return `${this.metrics.duration} has no observations in ${windowSeconds} s`;
  }

  private insert(increment: Increment): void {
    let index = this.increments.length;
    while (index > 0 && (this.increments[index - 1]?.toMs ?? 0) > increment.toMs) index -= 1;
    this.increments.splice(index, 0, increment);
  }

  private forget(): void {
    const oldestMs = this.latestMs - this.retainMs;
    // In strokes, not one by one: moving a long array for every scrape would cost more than the memory it saves.
    const outdated = this.increments.findIndex(({ toMs }) => toMs > oldestMs);
    if (outdated > 64) this.increments = this.increments.slice(outdated);
    for (const [replica, { atMs }] of this.latest) if (atMs <= oldestMs) this.latest.delete(replica);
  }
}

/**
 * An increment has no finer time than its two scrapes, so it counts whole or not at all: when at least half of it lies in
 * the window. One a little longer than a short window counts too, for scrapes are never on the dot; one much longer would
 * be the same answer to many questions.
 */
function isMostlyWithin({ fromMs, toMs }: Increment, startMs: number, endMs: number): boolean {
  const [length, window] = [toMs - fromMs, endMs - startMs];
  return toMs <= endMs && length <= 2 * window && toMs - Math.max(fromMs, startMs) >= Math.min(length, window) / 2;
}

function mergeBuckets(increments: readonly Increment[]): Bucket[] {
  const counts = new Map<number, number>();
  for (const { buckets } of increments) {
    for (const [upperBound, count] of buckets) counts.set(upperBound, (counts.get(upperBound) ?? 0) + count);
  }
  const ordered = [...counts].sort(([a], [b]) => a - b);
  let highestSoFar = 0;
  // Scrapes are not atomic: a request may be in one bucket and not yet in the next, which must not go down.
  return ordered.map(([upperBound, count]) => {
    highestSoFar = Math.max(highestSoFar, count);
    return { upperBound, count: highestSoFar };
  });
}

function meanCores(increments: readonly Increment[]): number | null {
  const known = increments.filter(({ cpuSeconds }) => cpuSeconds !== null);
  const seconds = sum(known.map(({ fromMs, toMs }) => (toMs - fromMs) / 1000));
  return seconds > 0 ? sum(known.map(({ cpuSeconds }) => cpuSeconds ?? 0)) / seconds : null;
}

function latestMemory(increments: readonly Increment[]): number[] {
  const byReplica = new Map(increments.map(({ replica, memoryBytes }) => [replica, memoryBytes]));
  return [...byReplica.values()].filter((bytes) => bytes !== null);
}

function highest(values: readonly number[]): number | null {
  return values.length > 0 ? Math.max(...values) : null;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
