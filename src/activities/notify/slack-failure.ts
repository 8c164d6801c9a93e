import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';
import type { ApplicationFailure } from '@temporalio/common';
import { failure } from '../../contracts/errors';

const credentials = new Set([
  ...['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired', 'missing_scope'],
  ...['no_permission', 'not_allowed_token_type', 'ekm_access_denied', 'org_login_required', 'access_denied'],
]);
const passing = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);

/** @param timedOutAfterSeconds our own time limit, when that is what ended it */
export function slackFailure(error: unknown, channel: string, timedOutAfterSeconds: number | null): ApplicationFailure {
  const said = `channel "${channel}": Slack`;
  const cause = { cause: error };
  if (timedOutAfterSeconds !== null) {
    return failure('Timeout', `${said} did not answer within ${timedOutAfterSeconds} s`, cause);
  }
  if (error instanceof WebAPIRateLimitedError) {
    const message = `${said} wants fewer messages, again in ${error.retryAfter} s`;
    return failure('RateLimited', message, { ...cause, retryAfterSeconds: error.retryAfter });
  }
  if (error instanceof WebAPIPlatformError) {
    const code = error.data.error;
    if (code === 'ratelimited' || code === 'rate_limited')
      return failure('RateLimited', `${said} answered ${code}`, cause);
    if (passing.has(code)) return failure('Unavailable', `${said} answered ${code}`, cause);
    if (credentials.has(code)) {
      return failure(
        'PermissionDenied',
        `${said} answered ${code}: check the bot token and its scope chat:write`,
        cause,
      );
    }
    if (code === 'channel_not_found' || code === 'not_in_channel' || code === 'is_archived') {
      return failure('NotFound', `${said} answered ${code}: invite the app into the channel that "to" names`, cause);
    }
    return failure('InvalidInput', `${said} refuses the message: ${code}`, cause);
  }
  if (error instanceof WebAPIHTTPError) {
    if (error.statusCode >= 500) return failure('Unavailable', `${said} answered ${error.statusCode}`, cause);
    return failure('InvalidInput', `${said} answered ${error.statusCode}: is its address right?`, cause);
  }
  const reason = error instanceof WebAPIRequestError ? error.original.message : String(error);
  return failure('Unavailable', `${said} cannot be reached: ${reason}`, cause);
}
