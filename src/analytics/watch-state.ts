import type { VerdictReason } from '../contracts/analysis';
import type { AnalysisPlan } from '../definition/release-plan';
import { type AnomalyMetric, type AnomalyScore, anomalyMetrics, type Norm } from './anomaly';
import type { PointSeries } from './points';
import type { Streak } from './streak';

/**
 * Where a watch stands. Plain JSON of bounded size, because it travels as heartbeat details: a watch that loses its
 * observer goes on from it. Only `advanceWatch` makes the next one.
 */
export interface WatchState {
  /** ISO-8601. */
  readonly startedAt: string;
  /** ISO-8601 of the newest sample; null: none yet. */
  readonly lastAt: string | null;
  readonly samples: number;
  /** Null: not told, so it is as soon as a sample brings readings of one. */
  readonly hasBaseline: boolean | null;
  /** In the plan's order, one each. */
  readonly triggers: readonly Track[];
  readonly criteria: readonly Track[];
  readonly alerts: readonly Track[];
  readonly anomalies: Readonly<Record<AnomalyMetric, AnomalyTrack>>;
  /** Points by metric, for the judge and the anomaly detector. */
  readonly candidate: Readonly<Record<string, PointSeries>>;
  readonly baseline: Readonly<Record<string, PointSeries>>;
  /** Windows whose end the judge has seen. */
  readonly windowsJudged: number;
  /** The first breach, where the mode only records it. */
  readonly recorded: Breach | null;
}

/** What is known of one trigger, criterion or alert. */
export interface Track {
  readonly streak: Streak | null;
  /** Time in which it was known: a sample speaks for the time since the one before. */
  readonly knownMs: number;
  /** Of the newest sample. */
  readonly last: VerdictReason | null;
  /** The newest reading that was unknown was so because the source could not be asked. */
  readonly failed: boolean;
  /** The newest reading is unknown, as opposed to: it has not held for long enough. */
  readonly blind: boolean;
  /** An alert that was told and has not been false since. */
  readonly raised: boolean;
}

export interface AnomalyTrack {
  /** Samples above the limit one after another; unknown ones count neither way. */
  readonly run: number;
  /** ISO-8601 of the first of them. */
  readonly since: string | null;
  /** Of the newest sample. */
  readonly last: AnomalyScore | null;
  /** Computed anew when the baseline has grown or the hour has changed. */
  readonly norm: Norm | null;
  readonly normPoints: number;
  readonly normHour: number | null;
}

/** What fails a watch. */
export interface Breach {
  /** ISO-8601; the first sample that showed it. */
  readonly at: string;
  readonly reasons: readonly VerdictReason[];
}

export interface WatchOptions {
  /** Whether there is a release before the candidate; not given: true as soon as a sample has readings of one. */
  readonly hasBaseline?: boolean;
}

const freshTrack: Track = { streak: null, knownMs: 0, last: null, failed: false, blind: true, raised: false };
const freshAnomaly: AnomalyTrack = { run: 0, since: null, last: null, norm: null, normPoints: 0, normHour: null };

/** @param startedAt ISO-8601 */
export function startWatch(plan: AnalysisPlan, startedAt: string, options: WatchOptions = {}): WatchState {
  return {
    startedAt,
    lastAt: null,
    samples: 0,
    hasBaseline: options.hasBaseline ?? null,
    triggers: plan.triggers.map(() => freshTrack),
    criteria: plan.criteria.map(() => freshTrack),
    alerts: plan.alerts.map(() => freshTrack),
    anomalies: Object.fromEntries(anomalyMetrics.map((metric) => [metric, freshAnomaly])) as WatchState['anomalies'],
    candidate: {},
    baseline: {},
    windowsJudged: 0,
    recorded: null,
  };
}
