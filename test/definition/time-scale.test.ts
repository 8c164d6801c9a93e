import fc from 'fast-check';
import { timeScale } from '../../src/definition/time-scale';

describe('timeScale', () => {
  it('changes nothing at 1', () => {
    const scale = timeScale(1);

    expect([scale.plain(1800), scale.interval(0.05), scale.window(1), scale.expiry(10)]).toEqual([1800, 0.05, 1, 10]);
  });

  it('multiplies durations and keeps what could not be measured or decided any more', () => {
    const scale = timeScale(0.001);

    expect(scale.plain(1800)).toBe(1.8);
    expect(scale.interval(5)).toBe(0.1);
    expect(scale.window(60)).toBe(2.5);
    expect(scale.expiry(86_400)).toBe(86.4);
    expect(scale.expiry(3600)).toBe(60);
    expect(scale.progressDeadline(600)).toBe(30);
  });

  it('never makes anything longer than it was written', () => {
    const factors = fc.double({ min: 0.0001, max: 1, noNaN: true });
    fc.assert(
      fc.property(factors, fc.integer({ min: 1, max: 1e9 }), (factor, milliseconds) => {
        const seconds = milliseconds / 1000;
        const { plain, interval, window, expiry, progressDeadline } = timeScale(factor);
        for (const scaled of [plain, interval, window, expiry, progressDeadline]) {
          expect(scaled(seconds)).toBeLessThanOrEqual(seconds);
        }
      }),
    );
  });
});
