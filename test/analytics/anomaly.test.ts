import fc from 'fast-check';
import { detectAnomaly, minBaselinePoints, normOf } from '../../src/analytics';
import { around, at, points } from './support';

const now = Date.parse(at(0));
const weekMs = 7 * 24 * 3_600_000;

describe('what is normal', () => {
  it('is median and scaled median absolute deviation', () => {
    const values = Array.from({ length: 5 }, () => [2, 5, 9, 1, 7]).flat();

    // R: median(c(2, 5, 9, 1, 7)) is 5, mad of it 4.4478
    expect(normOf(points(values), now)).toEqual({
      median: 5,
      spread: expect.closeTo(4.4478, 6),
      points: 25,
      seasonal: false,
    });
  });

  it('is unknown below the least number of points', () => {
    expect(normOf(points(around(1, 0.1, minBaselinePoints - 1)), now)).toBeNull();
    expect(normOf(points(around(1, 0.1, minBaselinePoints)), now)).not.toBeNull();
  });

  it('is that of the same hour of earlier weeks, where there is history', () => {
    const rush = Array.from({ length: 30 }, (_, index) => ({ atMs: now - weekMs + index * 60_000, value: 2 }));
    const quiet = Array.from({ length: 200 }, (_, index) => ({
      atMs: now - 3 * 3_600_000 - index * 10_000,
      value: 0.1,
    }));
    const all = [...rush, ...quiet].sort((a, b) => a.atMs - b.atMs);
    const history = points(
      all.map(({ value }) => value),
      { atMs: all.map(({ atMs }) => atMs) },
    );

    expect(normOf(history, now)).toMatchObject({ median: 2, points: 30, seasonal: true });
    expect(normOf(history, now + 2 * 3_600_000)).toMatchObject({ median: 0.1, points: 230, seasonal: false });
  });

  it('does not give way to outliers', () => {
    const values = [...around(0.1, 0.01, 60), ...around(30, 1, 25)];

    expect(normOf(points(values), now)?.median).toBeCloseTo(0.1, 1);
  });
});

describe('an anomaly', () => {
  const calm = normOf(points(around(0.04, 0.004)), now);

  it('lies far above what is normal', () => {
    expect(detectAnomaly('latency_p95', 1.9, calm)).toEqual({
      outcome: 'true',
      score: expect.closeTo(37.2, 1),
      message:
        'latency_p95 was 1.9 s, 37.2 spreads above the median of 0.0401 s (60 points of the baseline; one spread is 0.05 s); above 3.5 is an anomaly',
    });
  });

  it.each([
    { name: 'unknown without a value', value: null, norm: calm },
    { name: 'unknown without a norm', value: 1.9, norm: null },
  ])('is $name', ({ value, norm }) => {
    expect(detectAnomaly('latency_p95', value, norm)).toMatchObject({ outcome: 'unknown', score: null });
  });

  it('is never a difference below 50 ms or one percentage point, however calm the baseline', () => {
    const centre = fc.double({ min: 0, max: 2, noNaN: true });
    const share = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(centre, share, (median, part) => {
        const norm = { median, spread: 0, points: 100, seasonal: false };

        expect(detectAnomaly('latency_p95', median + part * 0.05, norm).outcome).toBe('false');
        expect(detectAnomaly('error_rate', median + part * 0.01, norm).outcome).toBe('false');
      }),
    );
  });

  it('is never an improvement', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 10, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (median, part) => {
          const norm = { median, spread: 0.001, points: 100, seasonal: false };

          expect(detectAnomaly('latency_p95', median * part, norm).outcome).toBe('false');
        },
      ),
    );
  });
});
