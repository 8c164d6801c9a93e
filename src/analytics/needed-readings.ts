import type { Condition } from '../definition/condition';
import type { AnalysisPlan } from '../definition/release-plan';
import { anomalyMetrics, isAnomalyTrigger } from './anomaly';
import { windowOf } from './condition';
import type { NeededReading } from './reading';

/** The readings of the candidate that a plan asks for at every sample; each pair once. */
export function neededReadings(plan: AnalysisPlan): NeededReading[] {
  const ofConditions = conditionsOf(plan).map((condition) => ({
    metric: condition.metric,
    windowSeconds: windowOf(condition, plan),
  }));
  return unique([...ofConditions, ...neededBaselineReadings(plan)]);
}

/** The part of them that is needed of the baseline release too: what the judge and the anomaly detector compare. */
export function neededBaselineReadings(plan: AnalysisPlan): NeededReading[] {
  const windows = [pointWindow(plan), plan.windowSeconds];
  return unique(comparedMetrics(plan).flatMap((metric) => windows.map((windowSeconds) => ({ metric, windowSeconds }))));
}

/** What conditions are about that no points are kept of: one reading a metric, of the first condition that has it. */
export function uncomparedReadings(plan: AnalysisPlan): NeededReading[] {
  const compared = new Set(comparedMetrics(plan));
  const byMetric = new Map<string, NeededReading>();
  for (const condition of conditionsOf(plan)) {
    const { metric } = condition;
    if (compared.has(metric) || byMetric.has(metric)) continue;
    byMetric.set(metric, { metric, windowSeconds: windowOf(condition, plan) });
  }
  return [...byMetric.values()];
}

/** Metrics of which points are kept. */
export function comparedMetrics({ judge, triggers }: AnalysisPlan): string[] {
  const judged = (judge?.metrics ?? []).map(({ metric }) => metric);
  return [...new Set([...judged, ...(triggers.some(isAnomalyTrigger) ? anomalyMetrics : [])])];
}

/** Points for the judge are best over windows that do not overlap: then each is an observation of its own. */
export function pointWindow({ intervalSeconds, windowSeconds }: AnalysisPlan): number {
  return Math.min(intervalSeconds, windowSeconds);
}

/** Triggers first, then criteria and alerts. */
export function conditionsOf({ triggers, criteria, alerts }: AnalysisPlan): Condition[] {
  const ofTriggers = triggers.flatMap((trigger) => (trigger.kind === 'condition' ? [trigger.condition] : []));
  return [...ofTriggers, ...criteria, ...alerts];
}

function unique(readings: readonly NeededReading[]): NeededReading[] {
  return [...new Map(readings.map((reading) => [`${reading.metric}/${reading.windowSeconds}`, reading])).values()];
}
