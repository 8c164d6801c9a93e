import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import {
  decodeOptionalFailureToOptionalError,
  decodeOptionalSinglePayload,
} from '@temporalio/common/lib/internal-non-workflow';
import { rootMessage } from '../contracts/errors';
import type { Execution, ExecutionRef, HistorySource } from './trace-types';

/** The histories that Temporal keeps, decoded as this client decodes. */
export function temporalHistories(client: Client): HistorySource {
  const { loadedDataConverter } = client.options;
  return {
    load: (ref) => load(client, ref),
    async textOf(payload) {
      const value = await decodeOptionalSinglePayload<unknown>(loadedDataConverter, payload);
      return typeof value === 'string' ? value : '';
    },
    messageOf: async (failure) => rootMessage(await decodeOptionalFailureToOptionalError(loadedDataConverter, failure)),
  };
}

async function load(client: Client, { workflowId, runId }: ExecutionRef): Promise<Execution | null> {
  const handle = client.workflow.getHandle(workflowId, runId);
  try {
    // First, because it tells what does not exist in a way that can be told from a fault.
    const { raw } = await handle.describe();
    const { events } = await handle.fetchHistory();
    return { events: events ?? [], pending: raw.pendingActivities ?? [] };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/** Where a workflow began, which may have continued as new since. Throws when there is none. */
export async function firstExecution(client: Client, workflowId: string): Promise<ExecutionRef> {
  const { runId, raw } = await client.workflow.getHandle(workflowId).describe();
  return { workflowId, runId: raw.workflowExecutionInfo?.firstRunId || runId };
}
