import { sayBetween, sayDuration } from '../../../src/cli/view/time';

describe('sayDuration', () => {
  it.each([
    [0, '0 ms'],
    [0.0004, '0 ms'],
    [0.45, '450 ms'],
    [0.9996, '1 s'],
    [4.2, '4.2 s'],
    [9.96, '10 s'],
    [59.6, '1 min'],
    [184, '3 min 4 s'],
    [3600, '1 h'],
    [7500, '2 h 5 min'],
    [93_600, '1 d 2 h'],
  ])('says %d seconds as %s', (seconds, said) => {
    expect(sayDuration(seconds)).toBe(said);
  });

  it('counts what has not ended up to now', () => {
    expect(sayBetween('2026-01-01T00:00:00Z', null, Date.parse('2026-01-01T00:01:05Z'))).toBe('1 min 5 s');
  });
});
