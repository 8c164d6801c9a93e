import { activityInfo, CompleteAsyncError } from '@temporalio/activity';
import type { WatchState } from '../../analytics';
import type { ObserveActivities } from '../../contracts/activities';
import type { StoredWatch } from './watch';

/** For callers that set no heartbeat timeout: the one that our workflows set. */
const defaultHeartbeatTimeoutMs = 30_000;

/**
 * Hands an analysis over to the observer and frees the worker's slot; the observer completes it. Registered before the
 * slot is freed: from then on it is in the database, and survives this process.
 */
export function createAnalyze(register: (watch: StoredWatch) => Promise<void>): ObserveActivities['analyze'] {
  return async (input) => {
    const { base64TaskToken, workflowExecution, heartbeatTimeoutMs, heartbeatDetails } = activityInfo();
    await register({
      key: input.key,
      taskToken: base64TaskToken,
      workflowId: workflowExecution?.workflowId ?? '',
      input,
      heartbeatTimeoutMs: heartbeatTimeoutMs || defaultHeartbeatTimeoutMs,
      state: isState(heartbeatDetails) ? heartbeatDetails : null,
    });
    throw new CompleteAsyncError();
  };
}

function isState(details: unknown): details is WatchState {
  return typeof details === 'object' && details !== null && 'startedAt' in details && 'samples' in details;
}
