/**
 * The `k`-th smallest (from 1) of all differences x - y, exactly, without making them: they are rows and columns in
 * order, so one walk along the border counts those up to a bound, and bisection finds the bound. A thousand points a
 * side make a million differences; this looks at some ten thousand.
 *
 * @param xs in ascending order, not empty
 * @param ys in ascending order, not empty
 */
export function kthDifference(xs: Float64Array, ys: Float64Array, k: number): number {
  let low = at(xs, 0) - at(ys, ys.length - 1);
  let high = at(xs, xs.length - 1) - at(ys, 0);
  while (low < high) {
    const middle = low + (high - low) / 2;
    // Rounding may push the middle onto the upper end, where the search would stand still.
    const { count, largestWithin, smallestBeyond } = splitAt(xs, ys, middle < high ? middle : low);
    if (count >= k) high = largestWithin;
    else low = smallestBeyond;
  }
  return low;
}

/** How many differences are at most `bound`, and the two of them on either side of it. */
function splitAt(xs: Float64Array, ys: Float64Array, bound: number) {
  let count = 0;
  let largestWithin = Number.NEGATIVE_INFINITY;
  let smallestBeyond = Number.POSITIVE_INFINITY;
  // ys from `first` on are great enough for this x; the next x is greater and needs them greater still.
  let first = 0;
  for (const x of xs) {
    while (first < ys.length && x - at(ys, first) > bound) first += 1;
    count += ys.length - first;
    if (first < ys.length) largestWithin = Math.max(largestWithin, x - at(ys, first));
    if (first > 0) smallestBeyond = Math.min(smallestBeyond, x - at(ys, first - 1));
  }
  return { count, largestWithin, smallestBeyond };
}

/** Typed arrays are dense: the fallback is for the compiler. */
function at(values: Float64Array, index: number): number {
  return values[index] ?? Number.NaN;
}
