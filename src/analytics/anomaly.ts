import { median, medianAbsoluteDeviation } from 'simple-statistics';
import type { Trigger } from '../definition/release-plan';
import type { Outcome } from './condition';
import { formatCount, formatNumber, formatValue, isRatio, naturalUnit } from './format';
import type { PointSeries } from './points';

/** The golden metrics that the detector looks at. */
export const anomalyMetrics = ['error_rate', 'latency_p95'] as const;
export type AnomalyMetric = (typeof anomalyMetrics)[number];

/** Iglewicz and Hoaglin's limit for the modified z-score. */
export const anomalyLimit = 3.5;

/** An anomaly is one when it lasts: a plain condition decides before it, and a hiccup never does. */
export const anomalySamples = 5;

/** Fewer points than this are no baseline. */
export const minBaselinePoints = 20;

/** Differences below this are never an anomaly, nor is the spread ever taken to be less: one percentage point, 50 ms. */
const absoluteFloors: Readonly<Record<AnomalyMetric, number>> = { error_rate: 0.01, latency_p95: 0.05 };

/** The spread is taken to be at least this share of the median: a baseline at rest is not a promise of rest. */
const relativeFloor = 0.1;

const hourMs = 3_600_000;
const hoursAWeek = 168;

/** What is normal for a metric. */
export interface Norm {
  readonly median: number;
  /** The median absolute deviation, scaled to estimate a standard deviation. */
  readonly spread: number;
  readonly points: number;
  /** Made from the same hour of earlier weeks alone. */
  readonly seasonal: boolean;
}

export interface AnomalyScore {
  readonly outcome: Outcome;
  /** A full sentence with the figures. */
  readonly message: string;
  /** How many spreads the value lies above the median; null: no norm, or no value. */
  readonly score: number | null;
}

/** `exercise7_anomaly_detected` and its like: events that we find ourselves. */
export function isAnomalyTrigger(trigger: Trigger): boolean {
  return trigger.kind === 'event' && trigger.name.endsWith('_anomaly_detected');
}

/**
 * What is normal at `atMs`: median and median absolute deviation of the same hour of the week, where history holds
 * enough of it, else of all points. Null: too few points to tell.
 *
 * @see Iglewicz, Hoaglin (1993), How to Detect and Handle Outliers, ASQC Basic References in Quality Control 16
 */
export function normOf(history: PointSeries, atMs: number): Norm | null {
  const hour = hourOfWeek(atMs);
  const seasonal = history.values.filter((_, index) => isEarlierWeek(history.atMs[index] ?? 0, atMs, hour));
  const isSeasonal = seasonal.length >= minBaselinePoints;
  const values = isSeasonal ? seasonal : [...history.values];
  if (values.length < minBaselinePoints) return null;
  const spread = 1.4826 * medianAbsoluteDeviation(values);
  return { median: median(values), spread, points: values.length, seasonal: isSeasonal };
}

/**
 * The robust z-score of one value: how many spreads it lies above the median. Median and MAD, unlike mean and standard
 * deviation, do not give way to the very outliers they are to find. Only what gets worse counts, that is what rises.
 *
 * This judges one sample; an anomaly is `anomalySamples` of them one after another.
 */
export function detectAnomaly(metric: AnomalyMetric, value: number | null, norm: Norm | null): AnomalyScore {
  if (value === null) return { outcome: 'unknown', message: `${metric} is unknown`, score: null };
  if (norm === null) {
    const message = `${metric} has no norm yet: that takes ${formatCount(minBaselinePoints, 'point')} of the baseline`;
    return { outcome: 'unknown', message, score: null };
  }
  const spread = Math.max(norm.spread, relativeFloor * Math.abs(norm.median), absoluteFloors[metric]);
  const score = (value - norm.median) / spread;
  const unit = naturalUnit(metric);
  const source = norm.seasonal ? 'the same hour of earlier weeks' : 'the baseline';
  const message =
    `${metric} was ${formatValue(value, unit)}, ${formatNumber(Math.abs(score), 2)} spreads ${score < 0 ? 'below' : 'above'} the median of ` +
    `${formatValue(norm.median, unit)} (${formatCount(norm.points, 'point')} of ${source}; one spread is ${printSpread(metric, spread)}); above ${anomalyLimit} is an anomaly`;
  return { outcome: score > anomalyLimit ? 'true' : 'false', message, score };
}

/** Whichever hour 0 is: only that it is the same in every week counts. UTC. */
export function hourOfWeek(atMs: number): number {
  return Math.floor(atMs / hourMs) % hoursAWeek;
}

function isEarlierWeek(pointMs: number, atMs: number, hour: number): boolean {
  return hourOfWeek(pointMs) === hour && atMs - pointMs > hourMs;
}

function printSpread(metric: AnomalyMetric, spread: number): string {
  return isRatio(metric)
    ? formatCount(Number((spread * 100).toPrecision(3)), 'percentage point')
    : formatValue(spread, 's');
}
