import { figure } from '../../../src/console/web/format/figure';
import { clock, duration, relative } from '../../../src/console/web/format/time';

describe('figures', () => {
  it.each([
    [0.0734, 'share', '7.34 %'],
    [6.4, '%', '6.4 %'],
    [0.312, 's', '312 ms'],
    [19_440, 'seconds', '5 h 24 min'],
    [6.3, 'per_day', '6.3 / day'],
    [1234, 'rps', '1,234 rps'],
    [null, 'share', '–'],
  ])('%p of unit %s reads "%s"', (value, unit, text) => {
    expect(figure(value, unit)).toBe(text);
  });
});

describe('times', () => {
  it.each([
    [42, '42 s'],
    [185, '3 min 05 s'],
    [7800, '2 h 10 min'],
    [3600, '1 h'],
    [356_400, '4 d 03 h'],
  ])('%d seconds are "%s"', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });

  it('count as a clock does', () => {
    expect(clock(64)).toBe('1:04');
    expect(clock(3729)).toBe('1:02:09');
  });

  it('are told from now, before and behind', () => {
    const now = Date.parse('2026-01-01T12:00:00Z');
    expect(relative('2026-01-01T11:54:50Z', now)).toBe('5 min ago');
    expect(relative('2026-01-01T14:00:00Z', now)).toBe('in 2 h');
    expect(relative('2026-01-01T11:59:58Z', now)).toBe('just now');
  });
});
