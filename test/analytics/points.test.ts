import fc from 'fast-check';
import { addPoint, maxPoints, noPoints, type PointSeries } from '../../src/analytics';

const add = (series: PointSeries, atMs: number) => addPoint(series, { atMs, value: atMs, requests: 1, wide: false });
const addAll = (times: readonly number[]) => times.reduce(add, noPoints);
const everySecond = Array.from({ length: 3 * maxPoints }, (_, index) => index * 1000);

describe('a series of points', () => {
  it('keeps each time once, in order', () => {
    expect(addAll([3, 1, 2, 3, 1]).atMs).toEqual([1, 2, 3]);
  });

  it('stays bounded, and evenly spread', () => {
    const { atMs } = addAll(everySecond);
    const gaps = atMs.slice(1).map((time, index) => time - atMs[index]!);

    expect(atMs.length).toBeLessThanOrEqual(maxPoints);
    expect(atMs.length).toBeGreaterThanOrEqual(maxPoints / 4);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(3 * Math.min(...gaps));
    expect(atMs.at(-1)).toBeGreaterThan(everySecond.at(-1)! - 20_000);
  });

  it('does not change when its points come again', () => {
    const once = addAll(everySecond);

    expect(everySecond.reduce(add, once)).toEqual(once);
  });

  it('is ordered and bounded whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100_000 }), { maxLength: 3000 }), (times) => {
        const { atMs, values, requests } = addAll(times);

        expect(atMs).toEqual([...new Set(atMs)].sort((a, b) => a - b));
        expect([values.length, requests.length]).toEqual([atMs.length, atMs.length]);
        expect(atMs.length).toBeLessThanOrEqual(maxPoints);
      }),
      { numRuns: 20 },
    );
  });
});
