import type { VerdictReason } from '../contracts/analysis';
import type { JudgeMetricPlan, JudgePlan } from '../definition/release-plan';
import { formatNumber, inUnit, naturalUnit } from './format';
import { canCompare, judgeMetric, type MetricJudgement } from './metric-judge';
import type { PointSeries } from './points';

/** Series by metric name. */
export type SeriesByMetric = Readonly<Record<string, PointSeries>>;

export interface Judgement {
  readonly verdict: 'pass' | 'fail' | 'insufficient_data';
  /** 0..1: of a pass at least, of a fail at most, else of the metrics that could be judged; null: there was none. */
  readonly score: number | null;
  readonly metrics: readonly MetricJudgement[];
  /** One a metric, failed ones first, before them one that names the score. */
  readonly reasons: readonly VerdictReason[];
}

/**
 * Compares a release with the one before it, metric by metric, and sums up. A group scores the share of its metrics'
 * weight that passes, and weighs as much as its heaviest metric: p50, p95 and p99 rise together, and must not count three
 * times. A critical metric that fails makes the score 0. A metric that neither side has is left out, unless critical.
 *
 * Metrics with too few points are taken both ways, as if all failed and as if all passed. Where both ways end on the same
 * side of the threshold they do not matter; else the verdict is `insufficient_data`. So data that is missing can never
 * make a verdict, and more of it can never hide one.
 *
 * @param wideOverlap how many successive points over the wide window share their data. @default 1
 */
export function judge(
  plan: JudgePlan,
  candidate: SeriesByMetric,
  baseline: SeriesByMetric,
  wideOverlap = 1,
): Judgement {
  const judged = plan.metrics.map((metricPlan) => {
    const { metric } = metricPlan;
    const judgement = judgeMetric(metricPlan, plan.minPoints, candidate[metric], baseline[metric], wideOverlap);
    return { plan: metricPlan, judgement };
  });
  const counted = judged.filter((entry) => entry.judgement.outcome !== 'no_data' || entry.plan.critical);
  const decided = counted.filter(({ judgement }) => isDecided(judgement));

  const worst = scoreOf(counted, passed);
  const best = scoreOf(counted, (judgement) => passed(judgement) || !isDecided(judgement));
  const verdict = verdictOf(plan.threshold, worst, best, decided.length);
  const score = { pass: worst, fail: best, insufficient_data: decided.length > 0 ? scoreOf(decided, passed) : null }[
    verdict
  ];
  const metrics = judged.map(({ judgement }) => judgement);
  return { verdict, score, metrics, reasons: [summary(plan, verdict, score), ...reasonsOf(metrics)] };
}

/** Every metric can be told, so a judgement now is the last word on these points. */
export function canJudge(
  { metrics, minPoints }: JudgePlan,
  candidate: SeriesByMetric,
  baseline: SeriesByMetric,
  wideOverlap = 1,
): boolean {
  return metrics.every(({ metric }) => canCompare(minPoints, candidate[metric], baseline[metric], wideOverlap));
}

interface Judged {
  readonly plan: JudgeMetricPlan;
  readonly judgement: MetricJudgement;
}

function isDecided({ outcome }: MetricJudgement): boolean {
  return outcome === 'pass' || outcome === 'fail';
}

function passed({ outcome }: MetricJudgement): boolean {
  return outcome === 'pass';
}

function verdictOf(threshold: number, worst: number, best: number, decided: number): Judgement['verdict'] {
  if (decided === 0) return 'insufficient_data';
  if (worst >= threshold) return 'pass';
  return best < threshold ? 'fail' : 'insufficient_data';
}

function scoreOf(judged: readonly Judged[], counts: (judgement: MetricJudgement) => boolean): number {
  if (judged.some(({ plan, judgement }) => plan.critical && !counts(judgement))) return 0;
  let total = 0;
  let reached = 0;
  for (const group of new Set(judged.map(({ plan }) => plan.group))) {
    const members = judged.filter(({ plan }) => plan.group === group);
    const weights = members.map(({ plan }) => plan.weight);
    const heaviest = Math.max(...weights);
    const weightOfAll = sum(weights);
    const weightThatCounts = sum(members.map(({ plan, judgement }) => (counts(judgement) ? plan.weight : 0)));
    total += heaviest;
    reached += weightOfAll > 0 ? heaviest * (weightThatCounts / weightOfAll) : 0;
  }
  return total > 0 ? reached / total : 1;
}

function summary({ threshold }: JudgePlan, verdict: Judgement['verdict'], score: number | null): VerdictReason {
  const least = `the least that passes is ${formatNumber(threshold)}`;
  const reason = { kind: 'judge', subject: 'score', threshold } as const;
  if (score === null) return { ...reason, outcome: 'unknown', message: `the judge could compare no metric; ${least}` };
  const outcome = ({ pass: 'true', fail: 'false', insufficient_data: 'unknown' } as const)[verdict];
  const so = verdict === 'insufficient_data' ? ', but metrics with too few points could change that' : '';
  return { ...reason, outcome, message: `the judge's score is ${formatNumber(score)}${so}; ${least}`, observed: score };
}

function reasonsOf(metrics: readonly MetricJudgement[]): VerdictReason[] {
  const order = ['fail', 'insufficient', 'no_data', 'pass'];
  const ordered = metrics.toSorted((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome));
  return ordered.map(({ metric, outcome, message, candidate, baseline, effect, pValue }) => {
    const unit = naturalUnit(metric);
    return {
      kind: 'judge',
      subject: metric,
      outcome: outcome === 'pass' ? 'true' : outcome === 'fail' ? 'false' : 'unknown',
      message,
      ...(candidate === null ? {} : { observed: inUnit(candidate, unit) }),
      ...(baseline === null ? {} : { baseline: inUnit(baseline, unit) }),
      ...(effect === null ? {} : { effect: inUnit(effect, unit) }),
      ...(pValue === null ? {} : { pValue }),
      ...(unit === null ? {} : { unit }),
    };
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
