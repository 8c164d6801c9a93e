import { median } from 'simple-statistics';
import type { JudgeMetricPlan } from '../definition/release-plan';
import { formatCount, formatNumber, formatProbability, formatValue, isRatio, naturalUnit } from './format';
import { mannWhitney } from './mann-whitney';
import { maxPoints, noPoints, type PointSeries } from './points';

/** What the judge says of one metric. */
export interface MetricJudgement {
  readonly metric: string;
  /** `no_data`: neither release has it, so it says nothing. `insufficient`: too few points on a side to tell. */
  readonly outcome: 'pass' | 'fail' | 'no_data' | 'insufficient';
  /** A full sentence with the figures. */
  readonly message: string;
  /** The centre of each side, in the metric's base unit; null: no points. */
  readonly candidate: number | null;
  readonly baseline: number | null;
  /** How far the candidate lies above the baseline, in the metric's base unit. */
  readonly effect: number | null;
  readonly pValue: number | null;
}

/** Of the two-sided test: one false alarm in fifty judgements before the effect floors, the 98 % that Kayenta uses. */
export const significance = 0.02;

/** With fewer independent points a side not even samples that lie wholly apart are significant. */
const leastIndependentPoints = 4;

/**
 * Compares one metric of two releases. It fails when the difference is all of these:
 * - hardly an accident: p < 0.02 in the U test;
 * - in the plan's direction;
 * - big enough to matter: beyond both the relative and the absolute floor.
 *
 * The size of the difference is the Hodges-Lehmann shift; for a share of requests it is the difference of the shares of
 * all requests together, because points of a rare error are mostly zero and so is every median of them.
 *
 * @param minPoints fewer on a side: `insufficient`
 * @param wideOverlap how many successive points over the wide window share their data
 */
export function judgeMetric(
  plan: JudgeMetricPlan,
  minPoints: number,
  candidate: PointSeries = noPoints,
  baseline: PointSeries = noPoints,
  wideOverlap = 1,
): MetricJudgement {
  const { metric } = plan;
  if (!canCompare(minPoints, candidate, baseline, wideOverlap)) {
    return undecided(metric, candidate.values.length, baseline.values.length, minPoints);
  }
  const overlap = [overlapOf(candidate, wideOverlap), overlapOf(baseline, wideOverlap)] as const;
  const { shift, pValue } = mannWhitney(candidate.values, baseline.values, { confidence: 1 - significance, overlap });
  const centre = isRatio(metric) ? pooledShare : (points: PointSeries) => median([...points.values]);
  const of = { candidate: centre(candidate), baseline: centre(baseline) };
  const effect = isRatio(metric) ? of.candidate - of.baseline : shift;
  const fails = pValue < significance && isHarmful(plan, effect) && isLarge(plan, effect, of.baseline);
  const message = `${metric}: candidate ${print(metric, of.candidate)} against baseline ${print(metric, of.baseline)} (${formatProbability(pValue)}${describeRatio(of)}); ${describeRule(plan, fails)}`;
  return { metric, outcome: fails ? 'fail' : 'pass', message, ...of, effect, pValue };
}

/** Whether both sides have points enough, and these amount to enough independent ones that the test could tell a difference. */
export function canCompare(
  minPoints: number,
  candidate: PointSeries = noPoints,
  baseline: PointSeries = noPoints,
  wideOverlap = 1,
): boolean {
  const needed = Math.max(1, Math.min(minPoints, maxPoints / 2));
  return [candidate, baseline].every((points) => {
    const overlap = overlapOf(points, wideOverlap);
    return (
      points.values.length >= needed && (overlap === 1 || points.values.length / overlap >= leastIndependentPoints)
    );
  });
}

/** The share of overlapping points counts, not that there is one: an idle second must not spoil a busy hour. */
function overlapOf({ wide, values }: PointSeries, wideOverlap: number): number {
  return 1 + (wideOverlap - 1) * (wide / Math.max(1, values.length));
}

function undecided(metric: string, candidate: number, baseline: number, minPoints: number): MetricJudgement {
  const nothing = { metric, candidate: null, baseline: null, effect: null, pValue: null };
  if (candidate + baseline === 0) {
    return { ...nothing, outcome: 'no_data', message: `${metric}: neither candidate nor baseline has any points` };
  }
  const enough = Math.min(candidate, baseline) >= minPoints;
  const lack = enough
    ? 'which share too much of their data, because their windows overlap'
    : `fewer than the ${minPoints} a side that a judgement needs`;
  const message = `${metric}: ${formatCount(candidate, 'point')} of the candidate against ${baseline} of the baseline, ${lack}`;
  return { ...nothing, outcome: 'insufficient', message };
}

/** Each point weighs as much as the requests behind it. */
function pooledShare({ values, requests }: PointSeries): number {
  const total = requests.reduce((sum, count) => sum + count, 0);
  if (total === 0) return values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value, index) => sum + value * (requests[index] ?? 0), 0) / total;
}

function isHarmful({ direction }: JudgeMetricPlan, effect: number): boolean {
  return direction === 'either' || (direction === 'increase' ? effect > 0 : effect < 0);
}

function isLarge({ minRelativeEffect, minAbsoluteEffect }: JudgeMetricPlan, effect: number, baseline: number): boolean {
  const size = Math.abs(effect);
  return size > minAbsoluteEffect && size > minRelativeEffect * Math.abs(baseline);
}

function describeRatio({ candidate, baseline }: { readonly candidate: number; readonly baseline: number }): string {
  return baseline > 0 ? `, ${formatNumber(candidate / baseline)} times` : '';
}

function describeRule(
  { metric, direction, minRelativeEffect, minAbsoluteEffect }: JudgeMetricPlan,
  fails: boolean,
): string {
  const change = { increase: 'rise above', decrease: 'fall of more than', either: 'change of more than' }[direction];
  const floors = `${formatNumber(minRelativeEffect * 100)}% and ${printFloor(metric, minAbsoluteEffect)}`;
  return fails ? `a ${change} ${floors} fails` : `only a ${change} ${floors} fails`;
}

function print(metric: string, value: number): string {
  return formatValue(value, naturalUnit(metric));
}

/** A difference of shares is in percentage points; one of latencies reads better in milliseconds. */
function printFloor(metric: string, floor: number): string {
  if (isRatio(metric)) return formatCount(Number((floor * 100).toPrecision(6)), 'percentage point');
  const unit = naturalUnit(metric);
  return formatValue(floor, unit === 's' && floor < 1 ? 'ms' : unit);
}
