import { CompleteAsyncError, type Context, type Info } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { ActivityInterceptors } from '@temporalio/worker';

/**
 * Ends an activity that fails after its schedule-to-close timeout. The time-skipping server forgets that timeout of one
 * activity in a thousand, whose time falls on a whole second (it takes an expiry of 0 ns for none), and tries it until
 * whatever comes next; a real server does not.
 */
export function endExpiredTries({ info }: Pick<Context, 'info'>): ActivityInterceptors {
  return {
    inbound: {
      execute: (input, next) => next(input).catch((error) => Promise.reject(isExpired(info) ? forGood(error) : error)),
    },
  };
}

function isExpired({ scheduledTimestampMs, currentAttemptScheduledTimestampMs, scheduleToCloseTimeoutMs }: Info) {
  if (scheduleToCloseTimeoutMs <= 0) return false;
  return currentAttemptScheduledTimestampMs > scheduledTimestampMs + scheduleToCloseTimeoutMs;
}

function forGood(error: unknown): unknown {
  if (error instanceof CompleteAsyncError || error instanceof CancelledFailure) return error;
  return ApplicationFailure.fromError(error as Error, { nonRetryable: true });
}
