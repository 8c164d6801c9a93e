import { pauseOf, RateLimits } from '../../../src/activities/metrics/rate-limit';

describe('pauseOf', () => {
  const nowMs = Date.parse('2026-01-01T00:00:00Z');
  it.each([
    [{ 'retry-after': '30' }, 30],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:01:00 GMT' }, 60],
    [{ 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }, 0],
    [{ 'x-ratelimit-reset': '12' }, 12],
    [{ 'retry-after': '5', 'x-ratelimit-reset': '12' }, 5],
    [{ 'retry-after': 'soon' }, null],
    [{ 'retry-after': '-3 ' }, null],
    [{}, null],
  ] as [Record<string, string>, number | null][])('reads %j as %s', (headers, seconds) => {
    const read = pauseOf(headers, nowMs);

    // A text that is no date on one machine may be one on another; it is never a time to wait then.
    if (seconds === null) expect(read ?? 0).toBe(0);
    else expect(read).toBe(seconds);
  });
});

describe('RateLimits', () => {
  let nowMs = 0;
  const limits = () => {
    nowMs = 0;
    return new RateLimits(() => nowMs);
  };

  it('holds up the account that was limited, and no other', () => {
    const all = limits();
    all.pause('a', 30);

    nowMs = 10_500;
    expect([all.waitSeconds('a'), all.waitSeconds('b')]).toEqual([20, 0]);
    nowMs = 30_000;
    expect(all.waitSeconds('a')).toBe(0);
  });

  it('waits a while when nothing was said, and not for ever when too much was', () => {
    const all = limits();
    all.pause('silent', null);
    all.pause('absurd', 1e12);

    expect([all.waitSeconds('silent'), all.waitSeconds('absurd')]).toEqual([10, 900]);
  });

  it('is not shortened by a later answer to an earlier request', () => {
    const all = limits();
    all.pause('a', 60);
    all.pause('a', 1);

    expect(all.waitSeconds('a')).toBe(60);
  });
});
