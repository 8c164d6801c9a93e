import type { ApplicationFailure } from '@temporalio/common';
import { failure } from '../../contracts/errors';
import { retryAfterSeconds } from '../http/retry-after';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * What an answer means; null when it took the message. The URL's path and query may be secret, so only its host is told.
 *
 * @param reason what the answer says itself; empty: nothing that may be told
 */
export function responseFailure(
  channel: string,
  url: URL,
  status: number,
  headers: Headers,
  reason = '',
): ApplicationFailure | null {
  if (status >= 200 && status < 300) return null;
  const said = `channel "${channel}": ${url.host} answered ${status}${reason === '' ? '' : ` (${reason})`}`;
  // Datadog says how long in a header of its own.
  const retryAfter = retryAfterSeconds(headers['retry-after'] ?? headers['x-ratelimit-reset'], Date.now());
  const later = retryAfter === null ? {} : { retryAfterSeconds: retryAfter };
  if (status >= 300 && status < 400) {
    return failure(
      'InvalidInput',
      `${said}, a redirect, which is not followed. Put the final address into the channel`,
    );
  }
  switch (status) {
    case 401:
    case 403:
    case 407:
      return failure('PermissionDenied', `${said}: it does not accept the channel's credentials`);
    case 408:
      return failure('Timeout', `${said}: it did not get the whole message in time`, later);
    case 425:
    case 429:
      return failure(
        'RateLimited',
        `${said}: too many messages${retryAfter === null ? '' : `, again in ${retryAfter} s`}`,
        later,
      );
  }
  if (status >= 500) return failure('Unavailable', `${said}: it has a fault of its own`, later);
  return failure('InvalidInput', `${said}: it refuses the message, and will refuse it again`);
}

/** @param timedOutAfterSeconds our own time limit, when that is what ended it */
export function networkFailure(
  error: unknown,
  channel: string,
  url: URL,
  timedOutAfterSeconds: number | null,
): ApplicationFailure {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const to = `channel "${channel}": ${url.host}`;
  const cause = { cause: error };
  if (timedOutAfterSeconds !== null) {
    return failure('Timeout', `${to} did not answer within ${timedOutAfterSeconds} s`, cause);
  }
  if (/TIMEOUT|ETIMEDOUT/.test(code)) return failure('Timeout', `${to} did not answer in time (${code})`, cause);
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/.test(code)) {
    return failure(
      'InvalidInput',
      `${to} has a certificate that is not trusted (${code}). Add its authority by NODE_EXTRA_CA_CERTS`,
      cause,
    );
  }
  return failure('Unavailable', `${to} cannot be reached: ${code || message}`, cause);
}
