import { ApplicationFailure } from '@temporalio/common';
import { type FailureOptions, failure } from './errors';

const pullRequestsOnly = 'pull_requests_only';

/** A push that was refused because people have to agree to it first, which a way back cannot wait for in silence. */
export function protectedBranch(message: string, options: Pick<FailureOptions, 'cause'> = {}): ApplicationFailure {
  return failure('PermissionDenied', message, { ...options, details: [pullRequestsOnly] });
}

export function isProtectedBranch(error: unknown): boolean {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (current instanceof ApplicationFailure && current.details?.includes(pullRequestsOnly)) return true;
  }
  return false;
}
