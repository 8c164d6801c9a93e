import fc from 'fast-check';
import { counterIncrease, histogramQuantile } from '../../src/analytics';

const buckets = (...pairs: [number, number][]) => pairs.map(([upperBound, count]) => ({ upperBound, count }));

describe('histogramQuantile', () => {
  // Worked out by the definition of histogram_quantile in Prometheus' documentation: linear inside the bucket.
  const typical = buckets([0.1, 50], [0.5, 90], [1, 100], [Infinity, 100]);
  it.each([
    { q: 0.5, value: 0.1 },
    { q: 0.25, value: 0.05 },
    { q: 0.7, value: 0.3 },
    { q: 0.95, value: 0.75 },
    { q: 1, value: 1 },
    { q: 0, value: 0 },
  ])('interpolates the $q quantile to $value', ({ q, value }) => {
    expect(histogramQuantile(q, typical)).toBeCloseTo(value, 12);
  });

  it.each([
    { name: 'the highest finite bound beyond it', of: buckets([0.1, 1], [Infinity, 100]), value: 0.1 },
    { name: 'nothing without observations', of: buckets([0.1, 0], [Infinity, 0]), value: null },
    { name: 'nothing without an infinite bucket', of: buckets([0.1, 5], [1, 10]), value: null },
    { name: 'nothing without buckets', of: [], value: null },
    { name: 'nothing with an infinite bucket alone', of: buckets([Infinity, 10]), value: null },
    { name: 'the bound itself in a lowest bucket below zero', of: buckets([-1, 99], [Infinity, 100]), value: -1 },
  ])('is $name', ({ of, value }) => {
    expect(histogramQuantile(0.95, of)).toBe(value);
  });

  it('rises with q and stays between zero and the highest finite bound', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 2, maxLength: 10 });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(counts, share, share, (increments, a, b) => {
        let count = 0;
        const histogram = [...increments, 1].map((increment, index) => {
          count += increment;
          return { upperBound: index === increments.length ? Infinity : index + 1, count };
        });
        const [low, high] = [Math.min(a, b), Math.max(a, b)].map((q) => histogramQuantile(q, histogram)!);

        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual(high! + 1e-9);
        expect(high).toBeLessThanOrEqual(increments.length);
      }),
    );
  });
});

describe('counterIncrease', () => {
  it.each([
    { before: 10, now: 15, increase: 5 },
    { before: 10, now: 10, increase: 0 },
    { before: 10, now: 3, increase: 3 },
    { before: 10, now: 0, increase: 0 },
  ])('is $increase from $before to $now', ({ before, now, increase }) => {
    expect(counterIncrease(before, now)).toBe(increase);
  });
});
