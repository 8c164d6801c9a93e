/** One bucket of a cumulative histogram: how many observations were at most `upperBound`. */
export interface Bucket {
  /** The `le` label; the last one is Infinity. */
  readonly upperBound: number;
  /** Cumulative. */
  readonly count: number;
}

/**
 * The quantile `q` (0..1) of a histogram, interpolated linearly inside its bucket as Prometheus' `histogram_quantile`
 * does: the lowest bucket starts at 0, and a quantile in the last (infinite) bucket is the highest finite bound, the
 * most that can be said. Null: no observations, or no bucket up to infinity.
 *
 * @param buckets ordered by upper bound
 * @see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
 */
export function histogramQuantile(q: number, buckets: readonly Bucket[]): number | null {
  const last = buckets.at(-1);
  if (last === undefined || last.upperBound !== Infinity || buckets.length < 2 || !(last.count > 0)) return null;
  const rank = q * last.count;
  const index = buckets.findIndex(({ count }) => count >= rank);
  const bucket = buckets[index];
  if (bucket === undefined || bucket === last) return buckets.at(-2)?.upperBound ?? null;
  const below = buckets[index - 1];
  if (below === undefined && bucket.upperBound <= 0) return bucket.upperBound;
  const start = below?.upperBound ?? 0;
  const inBucket = bucket.count - (below?.count ?? 0);
  // A rank at the very edge of an empty bucket (q = 0) has nothing to interpolate over.
  const share = inBucket > 0 ? (rank - (below?.count ?? 0)) / inBucket : 0;
  return start + (bucket.upperBound - start) * share;
}

/**
 * How much a counter grew between two scrapes of one process. A counter that went down was reset (the process began
 * again from 0), so all that it shows now is new.
 */
export function counterIncrease(before: number, now: number): number {
  return now >= before ? now - before : now;
}
