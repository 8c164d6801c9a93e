import type { Condition } from './condition';
import { parseCondition } from './condition-text';
import { secondsOf } from './duration';
import { asList } from './lists';
import type { AnalysisPlan, JudgePlan, Trigger } from './release-plan';
import type { MonitoringSpec, ValidationSpec } from './schema/production-workflow';
import { isEventName } from './schema/scalars';
import type { TimeScale } from './time-scale';

/** Seconds, before scaling. */
const defaults = {
  interval: 5,
  realTimeInterval: 1,
  window: 60,
  triggers: 600,
  guardian: 86_400,
  askExpiry: 86_400,
} as const;

const minRequests = 20;
const maxExtensions = 2;
/** A judge needs 50 points a side (DESIGN section 7); a window gives some more, for samples that are lost. */
const judgePoints = 50;
/** Where a canary is analysed and nobody said how good is good enough: Spinnaker's advice for a beginning. */
const defaultThreshold = 0.75;
const intervalsForJudge = 60;

const judgeMetrics: JudgePlan['metrics'] = [
  {
    metric: 'error_rate',
    direction: 'increase',
    group: 'errors',
    weight: 1,
    critical: false,
    minRelativeEffect: 0.25,
    minAbsoluteEffect: 0.01,
  },
  {
    metric: 'latency_p95',
    direction: 'increase',
    group: 'latency',
    weight: 1,
    critical: false,
    minRelativeEffect: 0.25,
    minAbsoluteEffect: 0.05,
  },
];

export interface WatchSpec {
  readonly monitoring: MonitoringSpec | undefined;
  readonly validation: ValidationSpec | undefined;
  readonly rollbackThreshold: number | undefined;
}

/** The stage's one analysis: soak, triggers and judge together, as long as the longer of them; null when it has none. */
export function planAnalysis(
  { monitoring, validation, rollbackThreshold }: WatchSpec,
  scale: TimeScale,
): AnalysisPlan | null {
  const triggers = (monitoring?.rollback_triggers ?? []).map((text) => trigger(text, scale));
  const judged = rollbackThreshold !== undefined;
  if (!validation && triggers.length === 0 && !judged) return null;
  const watch = triggers.length > 0 || judged ? secondsOf(monitoring?.duration, defaults.triggers) : 0;
  const soak = validation ? secondsOf(validation.duration, 0) : 0;
  const common = commonOf(monitoring, scale);
  const seconds = scale.plain(Math.max(watch, soak));
  return {
    ...common,
    name: validation ? 'validation' : 'verification',
    durationSeconds: longEnough(seconds, common.intervalSeconds, judged),
    criteria: asList(validation?.success_criteria).map((text) => condition(text, scale)),
    triggers,
    judge: judged ? { threshold: rollbackThreshold, minPoints: judgePoints, metrics: judgeMetrics } : null,
    mode: validation?.mode ?? monitoring?.mode ?? 'enforce',
    onInconclusive: validation?.on_inconclusive ?? monitoring?.on_inconclusive ?? 'ask',
  };
}

/**
 * `{ analyze: 5m }` inside a canary: what the stage watches, for that long. Where it watches nothing the judge compares
 * with the release before: a step that could only pass would be no step.
 */
export function planStepAnalysis(name: string, duration: string, watch: WatchSpec, scale: TimeScale): AnalysisPlan {
  const base = planAnalysis(watch, scale) ?? planAnalysis({ ...watch, rollbackThreshold: defaultThreshold }, scale);
  if (!base) throw new Error('a threshold is given, and yet there is no analysis');
  const seconds = scale.plain(secondsOf(duration, 0));
  return { ...base, name, durationSeconds: longEnough(seconds, base.intervalSeconds, base.judge !== null) };
}

/** After the release is live: watched on for late regressions; null when there is nothing to watch. */
export function planGuardian(monitoring: MonitoringSpec | undefined, scale: TimeScale): AnalysisPlan | null {
  if (!monitoring || (monitoring.alerts.length === 0 && monitoring.rollback_triggers.length === 0)) return null;
  const seconds = secondsOf(monitoring.watch_after, defaults.guardian);
  if (seconds === 0) return null;
  const common = commonOf(monitoring, scale);
  return {
    ...common,
    name: 'guardian',
    durationSeconds: longEnough(scale.plain(seconds), common.intervalSeconds, false),
    criteria: [],
    triggers: monitoring.rollback_triggers.map((text) => trigger(text, scale)),
    judge: null,
    mode: monitoring.mode,
    onInconclusive: 'pass',
  };
}

/** At least one sample, and for a judge as many as it needs: the sum is free of binary fractions, as all of the plan. */
function longEnough(seconds: number, interval: number, judged: boolean): number {
  return Math.max(seconds, Math.round((judged ? intervalsForJudge : 1) * interval * 1000) / 1000);
}

function commonOf(monitoring: MonitoringSpec | undefined, scale: TimeScale) {
  const interval = secondsOf(
    monitoring?.interval,
    monitoring?.real_time ? defaults.realTimeInterval : defaults.interval,
  );
  return {
    intervalSeconds: scale.interval(interval),
    windowSeconds: scale.window(defaults.window),
    alerts: (monitoring?.alerts ?? []).map((text) => condition(text, scale)),
    maxExtensions,
    askExpiresInSeconds: scale.expiry(defaults.askExpiry),
    minRequests,
  };
}

function trigger(text: string, scale: TimeScale): Trigger {
  return isEventName(text) ? { kind: 'event', name: text } : { kind: 'condition', condition: condition(text, scale) };
}

/** The schema has accepted the text already. */
function condition(text: string, scale: TimeScale): Condition {
  const parsed = parseCondition(text);
  if (!parsed.ok) throw new Error(`accepted and yet no condition: ${text}`);
  const { forSeconds, overSeconds } = parsed.condition;
  return {
    ...parsed.condition,
    forSeconds: forSeconds === null ? null : scale.plain(forSeconds),
    overSeconds: overSeconds === null ? null : scale.window(overSeconds),
  };
}
