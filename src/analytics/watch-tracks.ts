import type { VerdictReason } from '../contracts/analysis';
import type { Condition } from '../definition/condition';
import type { AnalysisPlan, Trigger } from '../definition/release-plan';
import { isAnomalyTrigger } from './anomaly';
import { conditionReason, evaluateCondition, whyUnknown, windowOf } from './condition';
import { formatSeconds } from './format';
import { comparedMetrics, pointWindow } from './needed-readings';
import { addPoint, noPoints } from './points';
import type { MetricReading, WatchSample } from './reading';
import { advanceStreak, heldOutcome } from './streak';
import { advanceAnomalies, anomalyReason } from './watch-anomalies';
import type { Track, WatchState } from './watch-state';

type ConditionKind = 'criterion' | 'alert' | 'trigger';

/** Without a sample for this many intervals the watch was blind in between. */
const blindAfterIntervals = 3;

/** Takes in a sample: points, anomalies, and what each trigger, criterion and alert says now. */
export function advanceTracks(plan: AnalysisPlan, state: WatchState, sample: WatchSample): WatchState {
  const candidate = addPoints(plan, state.candidate, sample.candidate, () => sample.at);
  const baseline = addPoints(plan, state.baseline, sample.baseline, (reading) => reading.at);
  const anomalies = plan.triggers.some(isAnomalyTrigger)
    ? advanceAnomalies(plan, state.anomalies, baseline, sample)
    : state.anomalies;
  const gapMs = Date.parse(sample.at) - Date.parse(state.lastAt ?? state.startedAt);
  const follow = (kind: ConditionKind) => (track: Track, condition: Condition) =>
    followCondition(kind, plan, track, condition, sample, gapMs);
  return {
    ...state,
    candidate,
    baseline,
    anomalies,
    lastAt: sample.at,
    samples: state.samples + 1,
    hasBaseline: state.hasBaseline ?? (sample.baseline.length > 0 ? true : null),
    criteria: zip(state.criteria, plan.criteria, follow('criterion')),
    alerts: zip(state.alerts, plan.alerts, follow('alert')),
    triggers: zip(state.triggers, plan.triggers, (track, trigger) =>
      trigger.kind === 'condition'
        ? follow('trigger')(track, trigger.condition)
        : followEvent(track, trigger, anomalies, sample),
    ),
  };
}

function followCondition(
  kind: ConditionKind,
  plan: AnalysisPlan,
  track: Track,
  condition: Condition,
  sample: WatchSample,
  gapMs: number,
): Track {
  const forSeconds = condition.forSeconds ?? 0;
  const blindAfterSeconds = blindAfterIntervals * plan.intervalSeconds;
  const evaluation = evaluateCondition(condition, sample.candidate, plan);
  const isKnown = evaluation.outcome !== 'unknown';
  const streak = advanceStreak(track.streak, evaluation.outcome, sample.at, Math.max(forSeconds, blindAfterSeconds));
  const outcome = heldOutcome(streak, forSeconds);
  const heldSeconds = (streak?.heldMs ?? 0) / 1000;
  const held = isKnown && forSeconds > 0 ? `, for ${formatSeconds(heldSeconds)} of ${formatSeconds(forSeconds)}` : '';
  // A reading tells of its window: a late sample speaks for the time before it, but not for a long absence.
  const speaksForMs = Math.min(gapMs, 1000 * Math.max(windowOf(condition, plan), blindAfterSeconds));
  return {
    streak,
    knownMs: track.knownMs + (isKnown ? speaksForMs : 0),
    last: conditionReason(kind, condition, { ...evaluation, outcome, message: evaluation.message + held }),
    failed: isKnown ? track.failed : evaluation.failed,
    blind: !isKnown,
    raised: outcome === 'unknown' ? track.raised : outcome === 'true',
  };
}

function followEvent(
  track: Track,
  trigger: Extract<Trigger, { kind: 'event' }>,
  anomalies: WatchState['anomalies'],
  sample: WatchSample,
): Track {
  const told = sample.events?.includes(trigger.name) ?? false;
  const { reason, since } =
    isAnomalyTrigger(trigger) && !told
      ? anomalyReason(trigger.name, anomalies)
      : eventReason(trigger.name, told, sample.at);
  const streak = since && { outcome: 'true' as const, since, heldMs: 0, lastAt: sample.at, interrupted: false };
  return { ...track, streak: streak || null, last: reason, blind: false };
}

function eventReason(name: string, told: boolean, at: string): { reason: VerdictReason; since: string | null } {
  const message = `${name} was ${told ? '' : 'not '}reported`;
  return {
    reason: { kind: 'event', subject: name, outcome: told ? 'true' : 'false', message },
    since: told ? at : null,
  };
}

/**
 * Keeps the readings that judge and anomaly detector compare, where they are known. A source that cannot tell the short
 * windows of points (Prometheus below its scrape interval) gives wide ones; at the same time a short one is preferred.
 */
function addPoints<R extends MetricReading>(
  plan: AnalysisPlan,
  points: WatchState['candidate'],
  readings: readonly R[],
  atOf: (reading: R) => string,
): WatchState['candidate'] {
  const grown = { ...points };
  for (const metric of comparedMetrics(plan)) {
    for (const windowSeconds of new Set([pointWindow(plan), plan.windowSeconds])) {
      const wide = windowSeconds > pointWindow(plan);
      for (const reading of readings) {
        if (reading.metric !== metric || reading.windowSeconds !== windowSeconds || reading.value === null) continue;
        if (whyUnknown(reading, wide ? plan.minRequests : 1) !== null) continue;
        const point = { atMs: Date.parse(atOf(reading)), value: reading.value, requests: reading.samples, wide };
        grown[metric] = addPoint(grown[metric] ?? noPoints, point);
      }
    }
  }
  return grown;
}

function zip<A, B>(tracks: readonly A[], others: readonly B[], combine: (track: A, other: B) => A): A[] {
  return tracks.flatMap((track, index) => {
    const other = others[index];
    return other === undefined ? [] : [combine(track, other)];
  });
}
