import fc from 'fast-check';
import { mannWhitney } from '../../src/analytics/mann-whitney';
import { kthDifference } from '../../src/analytics/pairwise-differences';
import { rankSumDistribution } from '../../src/analytics/rank-sum-distribution';

// Permeability constants of the human chorioamnion at term and between 12 and 26 weeks: Hollander & Wolfe (1973),
// Nonparametric Statistical Methods, p. 69f, as in the examples of R's help page of wilcox.test.
const atTerm = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
const earlier = [1.15, 0.88, 0.9, 0.74, 1.21];

// Ozone in May and in August: R's data set airquality, the same help page, missing values left out.
const may = [41, 36, 12, 18, 28, 23, 19, 8, 7, 16, 11, 14, 18, 14, 34, 6, 30, 11, 1, 11, 4, 32, 23, 45, 115, 37];
const august = [
  39, 9, 16, 78, 35, 66, 122, 89, 110, 44, 28, 65, 22, 59, 23, 31, 44, 21, 9, 45, 168, 73, 76, 118, 84, 85,
];

// Age at diagnosis of type II diabetes: scipy's documentation of scipy.stats.mannwhitneyu, its example.
const males = [19, 22, 16, 29, 24];
const females = [20, 11, 17, 12];

/** Park and Miller's generator: the same noise in every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

const samples = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 25 });

describe('the Mann-Whitney test', () => {
  it('agrees with R on a small sample, exactly', () => {
    const result = mannWhitney(atTerm, earlier, { confidence: 0.95 });

    // R: W = 35; one-sided p = 0.1272 on the help page, two-sided 0.2544; 95 % interval -0.15 .. 0.76; estimate 0.305
    expect(result).toMatchObject({ u: 35, method: 'exact' });
    expect(result.pValue).toBeCloseTo(0.2544122544, 9);
    expect(result.shift).toBeCloseTo(0.305, 12);
    expect(result.low).toBeCloseTo(-0.15, 12);
    expect(result.high).toBeCloseTo(0.76, 12);
  });

  it('has the interval of R at the judge`s own confidence', () => {
    const { low, high } = mannWhitney(atTerm, earlier);

    expect(low).toBeCloseTo(-0.17, 12);
    expect(high).toBeCloseTo(0.9, 12);
  });

  it('agrees with R on a sample with ties, by the normal approximation', () => {
    const result = mannWhitney(may, august);

    // R: W = 127.5, p = 0.0001208 on the help page; estimate -31.99996 and 98 % interval -55.00005 .. -11.99996 (R 4.2.2,
    // which searches the ends numerically; the differences themselves are whole numbers)
    expect(result).toMatchObject({ u: 127.5, method: 'normal', shift: -32, low: -55, high: -12 });
    expect(result.pValue).toBeCloseTo(0.00012080783, 10);
  });

  it('agrees with the example of scipy', () => {
    const result = mannWhitney(males, females);

    expect(result.u).toBe(17);
    expect(result.pValue).toBeCloseTo(0.1111111111, 9);
  });

  it('approximates the example of scipy as scipy does', () => {
    // A value beyond all others on either side, equal on both, makes a tie and so the normal approximation.
    const result = mannWhitney([...males, 100], [...females, 100]);

    // scipy 1.17.1: mannwhitneyu([19, 22, 16, 29, 24, 100], [20, 11, 17, 12, 100])
    expect(result).toMatchObject({ u: 21.5, method: 'normal' });
    expect(result.pValue).toBeCloseTo(0.272229256389, 9);
  });

  it('sees nothing in samples that are all equal', () => {
    expect(mannWhitney([1, 1, 1], [1, 1])).toMatchObject({ u: 3, pValue: 1, shift: 0, low: 0, high: 0 });
  });

  it('turns around when the samples are exchanged', () => {
    fc.assert(
      fc.property(samples, samples, (x, y) => {
        const there = mannWhitney(x, y);
        const back = mannWhitney(y, x);

        expect(there.u + back.u).toBe(x.length * y.length);
        expect(back.pValue).toBeCloseTo(there.pValue, 12);
        expect(back.shift).toBeCloseTo(-there.shift, 12);
        expect(back.low).toBeCloseTo(-there.high, 12);
      }),
    );
  });

  it('counts U as its definition does', () => {
    fc.assert(
      fc.property(samples, samples, (x, y) => {
        const wins = x.flatMap((a): number[] => y.map((b) => (a > b ? 1 : a === b ? 0.5 : 0)));

        expect(mannWhitney(x, y).u).toBe(wins.reduce((total, win) => total + win, 0));
      }),
    );
  });

  it('is a probability, and keeps the estimate inside the interval', () => {
    fc.assert(
      fc.property(samples, samples, fc.integer({ min: 1, max: 60 }), (x, y, overlap) => {
        const { pValue, low, shift, high } = mannWhitney(x, y, { overlap: [overlap, 1] });

        expect(pValue).toBeGreaterThanOrEqual(0);
        expect(pValue).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(shift);
        expect(high).toBeGreaterThanOrEqual(shift);
      }),
    );
  });

  it('moves with the sample: adding a constant moves the shift by it and leaves the order alone', () => {
    fc.assert(
      fc.property(samples, samples, fc.integer({ min: 0, max: 100 }), (x, y, constant) => {
        const before = mannWhitney(x, y);
        const after = mannWhitney(
          x.map((value) => value + constant),
          y,
        );

        expect(after.shift).toBe(before.shift + constant);
        expect(after.u).toBeGreaterThanOrEqual(before.u);
      }),
    );
  });

  const high = Array.from({ length: 60 }, (_, index) => index + 60);
  const low = Array.from({ length: 60 }, (_, index) => index);

  it.each([
    { overlap: [1, 1], atLeast: 0, atMost: 1e-15 },
    { overlap: [12, 1], atLeast: 1e-5, atMost: 1e-3 },
    { overlap: [12, 12], atLeast: 1e-3, atMost: 0.02 },
  ] as const)('trusts points that share their data less: $overlap', ({ overlap, atLeast, atMost }) => {
    const { pValue } = mannWhitney(high, low, { overlap });

    expect(pValue).toBeGreaterThan(atLeast);
    expect(pValue).toBeLessThan(atMost);
  });

  it('raises a false alarm no more often than it says, although points overlap', () => {
    // Moving averages over twelve values of the same noise: with naive variance half of these would be "significant".
    const noise = generator(7);
    const series = () => {
      const raw = Array.from({ length: 131 }, () => noise());
      return Array.from(
        { length: 120 },
        (_, index) => raw.slice(index, index + 12).reduce((sum, value) => sum + value, 0) / 12,
      );
    };
    const trials = Array.from({ length: 400 }, () => [series(), series()] as const);

    const alarms = (overlap: readonly [number, number]) =>
      trials.filter(([x, y]) => mannWhitney(x, y, { overlap }).pValue < 0.02).length / trials.length;

    expect(alarms([1, 1])).toBeGreaterThan(0.3);
    expect(alarms([12, 12])).toBeLessThan(0.04);
  });
});

describe('the distribution of U', () => {
  // Mann & Whitney (1947), table I, three decimals.
  it.each([
    { n: 3, m: 3, table: [0.05, 0.1, 0.2, 0.35, 0.5, 0.65] },
    { n: 2, m: 3, table: [0.1, 0.2, 0.4, 0.6] },
    { n: 4, m: 4, table: [0.014, 0.029, 0.057, 0.1, 0.171, 0.243, 0.343, 0.443, 0.557] },
  ])('is the published one for $n and $m', ({ n, m, table }) => {
    const distribution = rankSumDistribution(n, m);

    expect(table.map((_, u) => Number(distribution.atMost(u).toFixed(3)))).toEqual(table);
  });

  it('is that of R for 4 and 5', () => {
    const distribution = rankSumDistribution(4, 5);

    // R: pwilcox(c(0, 5, 10, 20), 4, 5)
    expect(distribution.atMost(0)).toBeCloseTo(0.007936507937, 10);
    expect(distribution.atMost(5)).toBeCloseTo(0.142857142857, 10);
    expect(distribution.atMost(10)).toBeCloseTo(0.547619047619, 10);
    expect(distribution.atMost(20)).toBeCloseTo(1, 12);
  });
});

describe('the k-th difference', () => {
  const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 12 });

  it('is the one that sorting all of them gives', () => {
    fc.assert(
      fc.property(values, values, (x, y) => {
        const sorted = x.flatMap((a) => y.map((b) => a - b)).sort((a, b) => a - b);
        const xs = Float64Array.from(x).sort();
        const ys = Float64Array.from(y).sort();

        const found = sorted.map((_, index) => kthDifference(xs, ys, index + 1));

        expect(found.map((value) => value + 0)).toEqual(sorted.map((value) => value + 0));
      }),
    );
  });

  it('takes values that differ only in the last bit', () => {
    const next = 1 + Number.EPSILON;

    expect(kthDifference(Float64Array.of(1, next), Float64Array.of(0), 2)).toBe(next);
  });
});
