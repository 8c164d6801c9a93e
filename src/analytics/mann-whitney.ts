import { normalUpperQuantile, normalUpperTail } from './normal';
import { kthDifference } from './pairwise-differences';
import { type RankSumDistribution, rankSumDistribution } from './rank-sum-distribution';

export interface MannWhitneyOptions {
  /** Of the interval around the shift. @default 0.98 */
  readonly confidence?: number;
  /**
   * How many successive points of x, and of y, share their data; 1 where points are independent. Averages over a window
   * of six intervals overlap sixfold. @default [1, 1]
   */
  readonly overlap?: readonly [number, number];
}

export interface MannWhitneyResult {
  /** Pairs in which x is greater than y, ties counting one half: 0 .. n m. R calls it W. */
  readonly u: number;
  /** Two-sided. */
  readonly pValue: number;
  /** How far x lies above y: the Hodges-Lehmann estimate, the median of all differences x - y. */
  readonly shift: number;
  readonly low: number;
  readonly high: number;
  readonly method: 'exact' | 'normal';
}

/** Up to this many points a side the exact distribution costs less than explaining the approximation's error. */
const exactUpTo = 20;

/**
 * The Mann-Whitney U test (Wilcoxon's rank sum test) of two samples, none empty: are values of x as a rule greater or
 * smaller than values of y? Asks for no distribution, so it suits latencies and rates.
 *
 * Small samples without ties are tested exactly; others by the normal approximation with average ranks, the variance
 * corrected for ties and a continuity correction of one half. The interval is Moses', from ordered differences.
 *
 * @see Mann, Whitney (1947), Annals of Mathematical Statistics 18, 50-60
 * @see Hodges, Lehmann (1963), Annals of Mathematical Statistics 34, 598-611
 * @see Hollander, Wolfe (1999), Nonparametric Statistical Methods, chapter 4
 */
export function mannWhitney(
  x: readonly number[],
  y: readonly number[],
  { confidence = 0.98, overlap = [1, 1] }: MannWhitneyOptions = {},
): MannWhitneyResult {
  const xs = Float64Array.from(x).sort();
  const ys = Float64Array.from(y).sort();
  const pairs = xs.length * ys.length;
  const { u, tieTerm } = countWins(xs, ys);
  const exact =
    tieTerm === 0 && Math.max(...overlap) === 1 && Math.max(xs.length, ys.length) <= exactUpTo
      ? rankSumDistribution(xs.length, ys.length)
      : null;
  const sigma = Math.sqrt(inflation(xs.length, ys.length, overlap) * varianceOfU(xs.length, ys.length, tieTerm));

  const pValue = exact ? exactPValue(exact, u, pairs) : normalPValue(u, pairs, sigma);
  const outside = (1 - confidence) / 2;
  const rank = exact ? exact.quantile(outside) : Math.round(pairs / 2 - normalUpperQuantile(outside) * sigma);
  const lowest = Math.min(Math.max(rank, 1), Math.ceil(pairs / 2));
  return {
    u,
    pValue,
    shift: medianDifference(xs, ys),
    low: kthDifference(xs, ys, lowest),
    high: kthDifference(xs, ys, pairs + 1 - lowest),
    method: exact ? 'exact' : 'normal',
  };
}

/** U by merging both samples in order: each group of equal values wins against all ys below it, and half its own. */
function countWins(xs: Float64Array, ys: Float64Array): { u: number; tieTerm: number } {
  let u = 0;
  let tieTerm = 0;
  let i = 0;
  let j = 0;
  while (i < xs.length || j < ys.length) {
    const value = Math.min(xs[i] ?? Infinity, ys[j] ?? Infinity);
    const below = j;
    const firstX = i;
    while (i < xs.length && xs[i] === value) i += 1;
    while (j < ys.length && ys[j] === value) j += 1;
    const inX = i - firstX;
    const tied = inX + (j - below);
    u += inX * (below + (j - below) / 2);
    tieTerm += tied ** 3 - tied;
  }
  return { u, tieTerm };
}

function varianceOfU(n: number, m: number, tieTerm: number): number {
  const total = n + m;
  return ((n * m) / 12) * (total + 1 - tieTerm / (total * (total - 1)));
}

/**
 * U is nearly a sum of two means of ranks (its Hajek projection), and the variance of a mean of points that overlap k-fold
 * is k times that of independent ones. So each side inflates its own part of the variance; 1 / n and 1 / m weigh them.
 */
function inflation(n: number, m: number, [ofX, ofY]: readonly [number, number]): number {
  return (m * ofX + n * ofY) / (n + m);
}

function normalPValue(u: number, pairs: number, sigma: number): number {
  const distance = Math.max(0, Math.abs(u - pairs / 2) - 0.5);
  // All values equal: nothing speaks for a difference.
  return sigma > 0 ? Math.min(1, 2 * normalUpperTail(distance / sigma)) : 1;
}

function exactPValue(distribution: RankSumDistribution, u: number, pairs: number): number {
  return Math.min(1, 2 * distribution.atMost(Math.min(u, pairs - u)));
}

function medianDifference(xs: Float64Array, ys: Float64Array): number {
  const pairs = xs.length * ys.length;
  const upper = kthDifference(xs, ys, Math.floor(pairs / 2) + 1);
  return pairs % 2 === 1 ? upper : (kthDifference(xs, ys, pairs / 2) + upper) / 2;
}
