import { Context } from '@temporalio/activity';
import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import type { CoordinationActivities } from '../../contracts/activities';
import { failure, rootMessage } from '../../contracts/errors';
import { acquireUpdate, releaseEnvironmentUpdate } from '../../contracts/messages';
import { searchAttribute } from '../../contracts/search-attributes';
import { TaskQueue } from '../../contracts/task-queues';
import { type EnvironmentInput, WorkflowType } from '../../contracts/workflows';

/** The entity answers within one workflow task; longer means no worker serves it, and the retry comes back. */
const updateDeadlineMs = 15_000;

export interface CoordinationDependencies {
  readonly client: Client;
}

/** Talks to the environment entities: the one thing workflows need Temporal's client for (update with start). */
export function createCoordinationActivities({ client }: CoordinationDependencies): CoordinationActivities {
  return {
    async acquireEnvironment({ workflowId, namespace, environment, request }) {
      const input: EnvironmentInput = { namespace, environment };
      const startWorkflowOperation = new WithStartWorkflowOperation<(input: EnvironmentInput) => Promise<void>>(
        WorkflowType.environment,
        {
          workflowId,
          taskQueue: TaskQueue.orchestrate,
          workflowIdConflictPolicy: 'USE_EXISTING',
          args: [input],
          staticSummary: `keeps the environment ${environment}`,
          typedSearchAttributes: [
            { key: searchAttribute.kind, value: WorkflowType.environment },
            { key: searchAttribute.namespace, value: namespace },
            { key: searchAttribute.environment, value: environment },
          ],
        },
      );
      return withDeadline(client, workflowId, () =>
        client.workflow.executeUpdateWithStart(acquireUpdate, {
          args: [request],
          updateId: updateId(),
          startWorkflowOperation,
        }),
      );
    },

    async releaseEnvironment({ workflowId, request }) {
      const giveBack = () =>
        client.workflow
          .getHandle(workflowId)
          .executeUpdate(releaseEnvironmentUpdate, { args: [request], updateId: updateId() })
          // A keeper that was terminated holds no lease any more; retrying without end would stall the deployment.
          .catch((error) => (error instanceof WorkflowNotFoundError ? undefined : Promise.reject(error)));
      await withDeadline(client, workflowId, giveBack);
    },

    async findEnded({ workflowIds }) {
      const states = await Promise.all(workflowIds.map((workflowId) => hasEnded(client, workflowId)));
      return { ended: workflowIds.filter((_, index) => states[index]) };
    },
  };
}

/** The same update id on every attempt: the server then answers with the first one's outcome. */
function updateId(): string {
  const { workflowExecution, activityId } = Context.current().info;
  return `${workflowExecution?.runId ?? ''}-${activityId}`;
}

async function withDeadline<T>(client: Client, workflowId: string, call: () => Promise<T>): Promise<T> {
  try {
    return await client.withAbortSignal(Context.current().cancellationSignal, () =>
      client.withDeadline(Date.now() + updateDeadlineMs, call),
    );
  } catch (error) {
    throw failure('Unavailable', `${workflowId} did not answer: ${rootMessage(error)}`, { cause: error });
  }
}

async function hasEnded(client: Client, workflowId: string): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(workflowId).describe();
    return status.name !== 'RUNNING' && status.name !== 'CONTINUED_AS_NEW';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return true;
    throw failure('Unavailable', `cannot tell whether ${workflowId} has ended`, { cause: error });
  }
}
