import type { Context } from '@temporalio/activity';
import { failure } from '../../src/contracts/errors';
import { endExpiredTries } from './expired-tries';

/** How an activity that fails fails in truth. */
async function failing(error: Error, lastTryAfterMs: number, scheduleToCloseTimeoutMs: number): Promise<unknown> {
  const times = {
    scheduledTimestampMs: 5_000,
    currentAttemptScheduledTimestampMs: 5_000 + lastTryAfterMs,
    scheduleToCloseTimeoutMs,
  };
  const { inbound } = endExpiredTries({ info: times as Context['info'] });
  return inbound?.execute?.({ args: [], headers: {} }, () => Promise.reject(error)).catch((thrown: unknown) => thrown);
}

describe('tries that the time-skipping server makes too late', () => {
  it('end for good, as what they failed with', async () => {
    expect(await failing(failure('Unavailable', 'boom'), 6_001, 6_000)).toMatchObject({
      message: 'boom',
      type: 'Unavailable',
      nonRetryable: true,
    });
    expect(await failing(new Error('boom'), 6_001, 6_000)).toMatchObject({ message: 'boom', nonRetryable: true });
  });

  it('are left alone within their time, and where there is none', async () => {
    const error = new Error('boom');

    expect(await failing(error, 6_000, 6_000)).toBe(error);
    expect(await failing(error, 90_000, 0)).toBe(error);
  });
});
