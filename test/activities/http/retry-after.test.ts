import { retryAfterSeconds } from '../../../src/activities/http/retry-after';

describe('Retry-After', () => {
  const now = Date.parse('2026-03-01T10:00:00Z');

  it.each([
    ['30', 30],
    ['0', 0],
    ['Sun, 01 Mar 2026 10:01:00 GMT', 60],
    ['Sun, 01 Mar 2026 09:00:00 GMT', 0],
    ['999999999', 3_600],
    ['soon', null],
    ['', null],
    [undefined, null],
  ])('%j is %j seconds', (header, seconds) => {
    expect(retryAfterSeconds(header, now)).toBe(seconds);
  });
});
