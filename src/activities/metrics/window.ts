/** A figure of the time that begins at `atMs`. */
export interface Point {
  readonly atMs: number;
  readonly value: number;
}

/** Requests of a stretch of time, and the figure that was measured of them; null: none was. */
export interface WeighedRequests {
  readonly atMs: number;
  readonly count: number;
  readonly value: number | null;
}

/** What the points of a window are taken together to. */
export type Aggregation =
  /** Of requests: a minute with ten times as many counts ten times as much. */
  | 'mean_by_requests'
  /** Points are counts of some of the requests; where there are none, none of them was of that kind. */
  | 'share_of_requests'
  /** Points are counts. */
  | 'per_second'
  | 'sum'
  | 'mean'
  | 'max';

export interface WindowQuestion {
  readonly points: readonly Point[];
  readonly requests: readonly WeighedRequests[];
  readonly aggregation: Aggregation;
  readonly toMs: number;
  readonly windowSeconds: number;
}

/** At least this share of the requests must have a figure: what is missing may be what fails. */
const minCoverage = 0.5;

export function isOfRequests(aggregation: Aggregation): boolean {
  return aggregation === 'mean_by_requests' || aggregation === 'share_of_requests';
}

/** Null: nothing was measured in the window. `partial` when the figure does not speak for enough requests. */
export function valueOfWindow(question: WindowQuestion): number | 'partial' | null {
  const { aggregation, windowSeconds } = question;
  if (aggregation === 'mean_by_requests') return meanByRequests(inWindow(question.requests, question));
  const values = inWindow(question.points, question).map(({ value }) => value);
  const sum = values.reduce((total, value) => total + value, 0);
  if (aggregation === 'share_of_requests') {
    const all = requestsOfWindow(question);
    return all > 0 ? sum / all : null;
  }
  if (values.length === 0) return null;
  switch (aggregation) {
    case 'sum':
      return sum;
    case 'per_second':
      return sum / windowSeconds;
    case 'mean':
      return sum / values.length;
    case 'max':
      return Math.max(...values);
  }
}

export function requestsOfWindow(question: WindowQuestion): number {
  return inWindow(question.requests, question).reduce((total, { count }) => total + count, 0);
}

/**
 * Puts figures to the requests that they are of. A figure holds from its time until the next one could come, because a
 * query may roll figures up over longer stretches than the requests are counted in.
 */
export function weigh(points: readonly Point[], requests: readonly Point[]): WeighedRequests[] {
  const figures = points.toSorted((a, b) => a.atMs - b.atMs);
  const lengthMs = Number.isFinite(gapMs(figures)) ? gapMs(figures) : gapMs(requests);
  let next = 0;
  return requests
    .toSorted((a, b) => a.atMs - b.atMs)
    .map(({ atMs, value: count }) => {
      while ((figures[next]?.atMs ?? Number.POSITIVE_INFINITY) <= atMs) next += 1;
      const figure = figures[next - 1];
      const holds = figure !== undefined && atMs < figure.atMs + lengthMs;
      return { atMs, count, value: holds ? figure.value : null };
    });
}

/** The least time between two points, so that a gap in them is not taken for their length. */
function gapMs(points: readonly Point[]): number {
  const times = points.map(({ atMs }) => atMs).sort((a, b) => a - b);
  const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? atMs));
  return Math.min(Number.POSITIVE_INFINITY, ...gaps.filter((gap) => gap > 0));
}

function inWindow<T extends { readonly atMs: number }>(
  points: readonly T[],
  { toMs, windowSeconds }: Pick<WindowQuestion, 'toMs' | 'windowSeconds'>,
): readonly T[] {
  return points.filter(({ atMs }) => atMs > toMs - windowSeconds * 1_000 && atMs <= toMs);
}

function meanByRequests(requests: readonly WeighedRequests[]): number | 'partial' | null {
  let all = 0;
  let covered = 0;
  let sum = 0;
  for (const { count, value } of requests) {
    all += count;
    if (value === null) continue;
    covered += count;
    sum += value * count;
  }
  if (covered <= 0) return null;
  return covered < all * minCoverage ? 'partial' : sum / covered;
}
