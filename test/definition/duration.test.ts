import fc from 'fast-check';
import { parseDuration, printDuration } from '../../src/definition';

describe('parseDuration', () => {
  const cases = [
    ['30s', 30],
    ['10m', 600],
    ['1h30m', 5400],
    ['7d', 604_800],
    ['2w', 1_209_600],
    ['250ms', 0.25],
    ['1.5h', 5400],
    ['0.1s0.2s', 0.3],
    ['0s', 0],
  ] as const;
  it.each(cases)('reads %s as %d seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(['', '30', '30 s', '30 parsecs', '-5m', 's', '1e3s', '101y', '40000d', '9'.repeat(400).concat('w')])(
    'refuses %s',
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );

  it('gives back what was printed, to the millisecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3_000_000_000_000 }), (milliseconds) => {
        expect(parseDuration(printDuration(milliseconds / 1000))).toBe(milliseconds / 1000);
      }),
    );
  });
});
