/**
 * The values of one metric of one release over time, for the judge and the anomaly detector. Columns instead of
 * objects, because it travels as JSON with every heartbeat. Ordered by `atMs`; each time once.
 */
export interface PointSeries {
  readonly atMs: readonly number[];
  readonly values: readonly number[];
  /** Requests behind each value. */
  readonly requests: readonly number[];
  /** At most one point is kept in each span of time of this length; it doubles whenever the series is full. */
  readonly slotMs: number;
  /** How many of the points are over a wide window, that is share data with their neighbours. */
  readonly wide: number;
}

export const noPoints: PointSeries = { atMs: [], values: [], requests: [], slotMs: 1, wide: 0 };

/** More tells no more: the U test sees the differences that matter long before, and 10,000 watches share one process. */
export const maxPoints = 500;

/**
 * Adds a point, unless there is one in its slot already. So the same point may come again, points may come in any
 * order, and thinning is even over time and the same whenever it is done again from the start.
 */
export function addPoint(
  series: PointSeries,
  { atMs, value, requests, wide }: { atMs: number; value: number; requests: number; wide: boolean },
): PointSeries {
  const index = insertionIndex(series.atMs, atMs);
  const slot = Math.floor(atMs / series.slotMs);
  const isTaken = [series.atMs[index - 1], series.atMs[index]].some(
    (other) => other !== undefined && Math.floor(other / series.slotMs) === slot,
  );
  if (isTaken) return series;
  const grown = {
    atMs: series.atMs.toSpliced(index, 0, atMs),
    // Six digits are more than any metric has, and half the JSON.
    values: series.values.toSpliced(index, 0, Number(value.toPrecision(6))),
    requests: series.requests.toSpliced(index, 0, Math.round(requests)),
    slotMs: series.slotMs,
    wide: series.wide + (wide ? 1 : 0),
  };
  return grown.atMs.length > maxPoints ? thin(grown) : grown;
}

/** Halves the points by widening the slots until half of them share one; the earliest of a slot stays. */
function thin(series: PointSeries): PointSeries {
  let slotMs = series.slotMs;
  let kept: number[] = [];
  do {
    slotMs *= 2;
    const slots = series.atMs.map((atMs) => Math.floor(atMs / slotMs));
    kept = slots.flatMap((slot, index) => (slot === slots[index - 1] ? [] : [index]));
  } while (kept.length > maxPoints / 2);
  const pick = (column: readonly number[]) => kept.map((index) => column[index] ?? 0);
  const wide = Math.round((series.wide * kept.length) / series.atMs.length);
  return { atMs: pick(series.atMs), values: pick(series.values), requests: pick(series.requests), slotMs, wide };
}

/** Where `atMs` belongs, behind its equals: at the end mostly, else by bisection. */
function insertionIndex(times: readonly number[], atMs: number): number {
  let low = 0;
  let high = times.length;
  if (high === 0 || (times[high - 1] ?? 0) <= atMs) return high;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
