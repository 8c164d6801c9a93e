import { ApplicationFailure } from '@temporalio/common';

/**
 * The closed set of error codes. Each is the `type` of an ApplicationFailure; whether it is retried is decided here and
 * nowhere else. A code that is retired is never used again for something else.
 */
export const ErrorCode = {
  /** The request can never succeed as it stands. */
  InvalidInput: 'InvalidInput',
  /** What the request names does not exist. */
  NotFound: 'NotFound',
  /** It contradicts what is there already. */
  Conflict: 'Conflict',
  /** The identity or credential is not allowed to do this. */
  PermissionDenied: 'PermissionDenied',
  /** Asked too often; `retryAfterSeconds` tells when to come back. */
  RateLimited: 'RateLimited',
  /** The other side cannot answer now. */
  Unavailable: 'Unavailable',
  /** The other side did not answer in time. */
  Timeout: 'Timeout',
  /** A command of the user's ran and ended with a failure: running it again is the stage's `retries`, not ours. */
  CommandFailed: 'CommandFailed',
  /** The release ended `failed`; the details hold its `PipelineResult`. */
  ReleaseFailed: 'ReleaseFailed',
} as const;
export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

const retryable: Readonly<Record<ErrorCode, boolean>> = {
  InvalidInput: false,
  NotFound: false,
  Conflict: false,
  PermissionDenied: false,
  RateLimited: true,
  Unavailable: true,
  Timeout: true,
  CommandFailed: false,
  ReleaseFailed: false,
};

export interface FailureOptions {
  readonly cause?: unknown;
  readonly details?: readonly unknown[];
  /** With `RateLimited`: when the other side will take the next request. */
  readonly retryAfterSeconds?: number;
}

/** Builds the one kind of error that leaves our workflows and activities. */
export function failure(code: ErrorCode, message: string, options: FailureOptions = {}): ApplicationFailure {
  return ApplicationFailure.create({
    type: code,
    message,
    nonRetryable: !retryable[code],
    ...(options.details ? { details: [...options.details] } : {}),
    ...(options.cause instanceof Error ? { cause: options.cause } : {}),
    ...(options.retryAfterSeconds === undefined ? {} : { nextRetryDelay: `${options.retryAfterSeconds}s` }),
  });
}

/** The code of an error, looked up through the chain of causes (Temporal wraps what activities throw). */
export function errorCodeOf(error: unknown): ErrorCode | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (current instanceof ApplicationFailure && current.type && current.type in ErrorCode) {
      return current.type as ErrorCode;
    }
  }
  return undefined;
}

/**
 * The message nearest to the root cause: what a person wants to read. That of a failure of ours where there is one, because
 * it says what to do; what it was caused by is what another system said.
 */
export function rootMessage(error: unknown): string {
  let root = error;
  let own: Error | null = null;
  for (let current = error; current instanceof Error; current = current.cause) {
    root = current;
    if (current instanceof ApplicationFailure && current.type && current.type in ErrorCode) own = current;
  }
  const nearest = own ?? root;
  return nearest instanceof Error ? nearest.message : String(nearest);
}

/** Closes a `switch` over a finite set: adding a member without a case fails to compile. */
export function assertNever(value: never, what: string): never {
  throw failure('InvalidInput', `unexpected ${what}: ${JSON.stringify(value)}`);
}
