import {
  type BaselineReading,
  type MetricReading,
  noPoints,
  type PointSeries,
  startWatch,
  type WatchOptions,
  type WatchSample,
  type WatchState,
} from '../../src/analytics';
import { advanceWatch } from '../../src/analytics/watch';
import type { AnalyzeResult, VerdictReason } from '../../src/contracts/analysis';
import type { Condition } from '../../src/definition/condition';
import { parseCondition } from '../../src/definition/condition-text';
import type { AnalysisPlan, JudgeMetricPlan } from '../../src/definition/release-plan';

/** A Monday, 00:00 UTC. */
export const startedAt = '2026-01-05T00:00:00.000Z';

export function at(seconds: number): string {
  return new Date(Date.parse(startedAt) + Math.round(seconds * 1000)).toISOString();
}

export function condition(text: string): Condition {
  const parsed = parseCondition(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.condition;
}

/** A watch of ten samples, ten seconds apart, over windows of one minute. */
export function plan(changes: Partial<AnalysisPlan> = {}): AnalysisPlan {
  return {
    name: 'validation',
    durationSeconds: 100,
    intervalSeconds: 10,
    windowSeconds: 60,
    criteria: [],
    triggers: [],
    alerts: [],
    judge: null,
    mode: 'enforce',
    onInconclusive: 'ask',
    maxExtensions: 2,
    askExpiresInSeconds: 3600,
    minRequests: 20,
    ...changes,
  };
}

export function trigger(text: string): AnalysisPlan['triggers'][number] {
  return { kind: 'condition', condition: condition(text) };
}

export function judgeMetricPlan(changes: Partial<JudgeMetricPlan> = {}): JudgeMetricPlan {
  return {
    metric: 'latency_p95',
    direction: 'increase',
    group: 'latency',
    weight: 1,
    critical: false,
    minRelativeEffect: 0.25,
    minAbsoluteEffect: 0.05,
    ...changes,
  };
}

/** Null: unknown for want of traffic; `'failed'`: the source could not be asked. */
export type Figure = number | null | 'failed';

/** The figure under every window that these tests use. */
export function readings(figures: Readonly<Record<string, Figure>>, samples = 412): MetricReading[] {
  return Object.entries(figures).flatMap(([metric, figure]) =>
    [10, 60].map((windowSeconds): MetricReading => {
      const about = { metric, windowSeconds };
      if (figure === 'failed') return { ...about, value: null, samples: 0, reason: 'connection refused', failed: true };
      if (figure === null) return { ...about, value: null, samples: 0, reason: 'there were no requests' };
      return { ...about, value: figure, samples };
    }),
  );
}

export function sample(
  seconds: number,
  figures: Readonly<Record<string, Figure>>,
  baseline: readonly BaselineReading[] = [],
): WatchSample {
  return { at: at(seconds), candidate: readings(figures), baseline };
}

/** What a baseline release showed before the watch began: one reading every ten seconds. */
export function history(figures: Readonly<Record<string, readonly number[]>>): BaselineReading[] {
  return Object.entries(figures).flatMap(([metric, values]) =>
    values.flatMap((value, index) =>
      readings({ [metric]: value }).map((reading) => ({ ...reading, at: at((index - values.length) * 10) })),
    ),
  );
}

export function points(values: readonly number[], changes: Partial<PointSeries> = {}): PointSeries {
  return {
    ...noPoints,
    atMs: values.map((_, index) => Date.parse(at(index * 10))),
    values,
    requests: values.map(() => 100),
    ...changes,
  };
}

/** Values around a centre, the same in every run. */
export function around(centre: number, spread: number, count = 60): number[] {
  return Array.from({ length: count }, (_, index) => centre + spread * Math.sin(index * 12.9898));
}

export interface WatchRun {
  readonly state: WatchState;
  readonly alerts: VerdictReason[];
  readonly result: AnalyzeResult | null;
}

/** Gives samples to a watch until it has a result. */
export function run(analysis: AnalysisPlan, samples: readonly WatchSample[], options: WatchOptions = {}): WatchRun {
  let state = startWatch(analysis, startedAt, options);
  const alerts: VerdictReason[] = [];
  for (const next of samples) {
    const step = advanceWatch(analysis, state, next);
    state = step.state;
    alerts.push(...step.alerts);
    if (step.result) return { state, alerts, result: step.result };
  }
  return { state, alerts, result: null };
}

/** One sample every ten seconds from the first interval on. */
export function samplesOf(
  metric: string,
  figures: readonly Figure[],
  baseline: readonly BaselineReading[] = [],
): WatchSample[] {
  return figures.map((figure, index) => sample((index + 1) * 10, { [metric]: figure }, baseline));
}
