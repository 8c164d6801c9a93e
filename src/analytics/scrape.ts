import type { AppMetrics } from '../definition/release-plan';
import { counterIncrease } from './histogram';
import type { PrometheusSample } from './prometheus-text';

/** What is kept of one scrape of one replica: its counters by series, and its gauges. */
export interface Snapshot {
  readonly atMs: number;
  /** When the process says it began; null when it does not say. */
  readonly processStartMs: number | null;
  readonly requests: ReadonlyMap<string, number>;
  readonly buckets: ReadonlyMap<string, number>;
  readonly cpuSeconds: number | null;
  readonly memoryBytes: number | null;
}

/** What happened in one replica between two scrapes. */
export interface Increment {
  readonly replica: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly requests: number;
  readonly errors: number;
  /** Observations by upper bound, cumulative as in the scrape. */
  readonly buckets: ReadonlyMap<number, number>;
  readonly cpuSeconds: number | null;
  /** At the end of it. */
  readonly memoryBytes: number | null;
}

/** Picks what `metrics` names, and the process metrics that every Prometheus client library serves. */
export function snapshotOf(samples: readonly PrometheusSample[], metrics: AppMetrics, atMs: number): Snapshot {
  const requests = new Map<string, number>();
  const buckets = new Map<string, number>();
  const process = new Map<string, number>();
  const bucketName = `${metrics.duration}_bucket`;
  for (const { name, labels, value } of samples) {
    if (name === metrics.requests) add(requests, labels[metrics.statusLabel] ?? '', value);
    else if (name === bucketName && labels.le !== undefined) add(buckets, labels.le, value);
    else if (name.startsWith('process_')) process.set(name, value);
  }
  const startSeconds = process.get('process_start_time_seconds');
  return {
    atMs,
    processStartMs: startSeconds === undefined ? null : startSeconds * 1000,
    requests,
    buckets,
    cpuSeconds: process.get('process_cpu_seconds_total') ?? null,
    memoryBytes: process.get('process_resident_memory_bytes') ?? null,
  };
}

function add(counters: Map<string, number>, key: string, value: number): void {
  counters.set(key, (counters.get(key) ?? 0) + value);
}

/**
 * What happened between `before` and `now`. A restart of the process between them is seen by its start time or by a
 * counter that went down; all that it counts now is new then. A series that `before` did not have began at 0: the
 * scrape proves that.
 */
export function incrementOf(replica: string, before: Snapshot, now: Snapshot): Increment {
  const base = isRestart(before, now) ? null : before;
  let requests = 0;
  let errors = 0;
  for (const [status, count] of now.requests) {
    const increase = counterIncrease(base?.requests.get(status) ?? 0, count);
    requests += increase;
    if (status.startsWith('5')) errors += increase;
  }
  const buckets = new Map<number, number>();
  for (const [upperBound, count] of now.buckets) {
    buckets.set(boundOf(upperBound), counterIncrease(base?.buckets.get(upperBound) ?? 0, count));
  }
  const cpuSeconds = now.cpuSeconds === null ? null : counterIncrease(base?.cpuSeconds ?? 0, now.cpuSeconds);
  return {
    replica,
    fromMs: before.atMs,
    toMs: now.atMs,
    requests,
    errors,
    buckets,
    cpuSeconds,
    memoryBytes: now.memoryBytes,
  };
}

/** All counters of a process are reset together, so one that went down tells for the others, however far they got since. */
function isRestart(before: Snapshot, now: Snapshot): boolean {
  if (before.processStartMs !== null && now.processStartMs !== null && before.processStartMs !== now.processStartMs) {
    return true;
  }
  return wentDown(before.requests, now.requests) || wentDown(before.buckets, now.buckets);
}

function wentDown(before: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>): boolean {
  return [...before].some(([key, count]) => (now.get(key) ?? 0) < count);
}

function boundOf(le: string): number {
  return /^\+?inf$/i.test(le) ? Infinity : Number(le);
}
