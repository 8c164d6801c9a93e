/** The distribution of U for samples without ties when both come from the same population. */
export interface RankSumDistribution {
  /** P(U <= u). */
  atMost(u: number): number;
  /** The smallest u with P(U <= u) >= p. */
  quantile(p: number): number;
}

/**
 * Mann and Whitney's own recurrence, in probabilities: the greatest of all n + m values is an x with probability
 * n / (n + m) and then wins m times; else it is a y, and U is that of one y fewer.
 *
 * @see Mann, Whitney (1947), equation 4
 */
export function rankSumDistribution(n: number, m: number): RankSumDistribution {
  // row[j] holds the distribution for i xs and j ys.
  let row: Float64Array[] = Array.from({ length: m + 1 }, () => Float64Array.of(1));
  for (let i = 1; i <= n; i += 1) {
    const next: Float64Array[] = [Float64Array.of(1)];
    for (let j = 1; j <= m; j += 1) {
      const greatestIsX = row[j] ?? [];
      const greatestIsY = next[j - 1] ?? [];
      const probabilities = new Float64Array(i * j + 1);
      for (let u = 0; u <= i * j; u += 1) {
        probabilities[u] = (i * (greatestIsX[u - j] ?? 0) + j * (greatestIsY[u] ?? 0)) / (i + j);
      }
      next.push(probabilities);
    }
    row = next;
  }
  const probabilities = row[m] ?? Float64Array.of(1);
  return {
    atMost: (u) => probabilities.subarray(0, Math.floor(u) + 1).reduce((total, p) => total + p, 0),
    quantile: (p) => {
      let total = 0;
      const found = probabilities.findIndex((probability) => {
        total += probability;
        return total >= p;
      });
      return found === -1 ? n * m : found;
    },
  };
}
