import { ClientError, type ClientErrorCode } from '../client';
import { type ErrorCode, errorCodeOf, rootMessage } from '../contracts/errors';
import type { ApiError } from './api';

export interface HttpFailure {
  readonly status: number;
  readonly body: ApiError;
  /** False: a fault of ours, to be logged. */
  readonly expected: boolean;
}

const failureStatus: Readonly<Record<ErrorCode, number>> = {
  InvalidInput: 400,
  NotFound: 404,
  Conflict: 409,
  PermissionDenied: 403,
  RateLimited: 429,
  Unavailable: 503,
  Timeout: 504,
  CommandFailed: 500,
  ReleaseFailed: 500,
};

const clientStatus: Readonly<Record<ClientErrorCode, number>> = {
  NotReachable: 503,
  NotFound: 404,
  Conflict: 409,
  Refused: 409,
  InvalidInput: 400,
};

const remedies: Readonly<Record<number, string>> = {
  401: 'Sign in, or give a token that is valid.',
  403: 'Ask somebody who has the role, or an administrator for it.',
  409: 'Look again at what is there now, then decide.',
  413: 'Send less at once.',
  429: 'Wait a minute, then try again.',
  503: 'Try again in a moment. If it stays so, `f0 doctor` tells what is missing.',
  504: 'Try again in a moment.',
};

/** An answer of ours that no code of the product stands for. */
export class HttpError extends Error {
  override readonly name = 'HttpError';

  constructor(
    readonly statusCode: number,
    readonly code: string,
    message: string,
    readonly remedy: string | null = remedies[statusCode] ?? null,
  ) {
    super(message);
  }
}

export const unauthenticated = (message: string): HttpError => new HttpError(401, 'Unauthenticated', message);
export const forbidden = (message: string): HttpError => new HttpError(403, 'PermissionDenied', message);

/** The one place that turns an error into an answer. A fault of ours tells nothing of itself outside. */
export function explain(error: unknown): HttpFailure {
  if (error instanceof HttpError) return answer(error.statusCode, error.code, error.message, error.remedy);
  if (error instanceof ClientError) {
    // The workflow refuses persons by this code, and states by others.
    const status = errorCodeOf(error) === 'PermissionDenied' ? 403 : clientStatus[error.code];
    return answer(status, error.code, error.message);
  }
  const code = errorCodeOf(error);
  if (code !== undefined) return answer(failureStatus[code], code, rootMessage(error));
  const status = statusOf(error);
  if (status >= 400 && status < 500) return answer(status, 'InvalidInput', rootMessage(error));
  return { ...answer(500, 'Internal', 'this is a fault of the console: its log has the reason'), expected: false };
}

function answer(status: number, code: string, message: string, remedy = remedies[status] ?? null): HttpFailure {
  return { status, body: { error: { code, message, remedy } }, expected: true };
}

/** Fastify's own errors (a body that is no JSON, or too long) carry their status. */
function statusOf(error: unknown): number {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' ? status : 500;
}
