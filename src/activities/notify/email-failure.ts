import type { ApplicationFailure } from '@temporalio/common';
import { failure } from '../../contracts/errors';

/** What nodemailer's errors carry: a code of its own, and the server's answer when there was one. */
interface MailError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
  readonly response?: string;
}

/** RFC 5321: 4yz may work later, 5yz will not. */
export function mailFailure(error: unknown, channel: string, server: string): ApplicationFailure {
  const { code = '', responseCode = 0, response, message } = error as MailError;
  const to = `channel "${channel}": the mail server ${server}`;
  const said = response ?? message;
  const cause = { cause: error };
  if (code === 'EAUTH' || [530, 534, 535, 538].includes(responseCode)) {
    // 454: its user database is away, the password may be right.
    if (responseCode === 454) return failure('Unavailable', `${to} cannot check credentials now: ${said}`, cause);
    return failure('PermissionDenied', `${to} does not accept the channel's credentials: ${said}`, cause);
  }
  if (responseCode >= 500) return failure('InvalidInput', `${to} refuses the mail: ${said}`, cause);
  if (responseCode >= 400) return failure('Unavailable', `${to} does not take the mail now: ${said}`, cause);
  if (code === 'ETIMEDOUT') return failure('Timeout', `${to} did not answer in time`, cause);
  if (code === 'EENVELOPE' || code === 'EMESSAGE')
    return failure('InvalidInput', `${to}: the mail is not valid: ${said}`, cause);
  if (code === 'ETLS')
    return failure('InvalidInput', `${to} cannot talk TLS, which is needed to send a password: ${said}`, cause);
  return failure('Unavailable', `${to} cannot be reached: ${said}`, cause);
}
