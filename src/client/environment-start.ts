import { WithStartWorkflowOperation } from '@temporalio/client';
import { environmentWorkflowId } from '../contracts/ids';
import { TaskQueue } from '../contracts/task-queues';
import { type EnvironmentInput, WorkflowType } from '../contracts/workflows';
import type { EnvironmentRef } from './types';

/** The keeper of an environment, begun when it is first spoken to. */
export function environmentStart({
  namespace,
  environment,
}: EnvironmentRef): WithStartWorkflowOperation<(input: EnvironmentInput) => Promise<void>> {
  return new WithStartWorkflowOperation(WorkflowType.environment, {
    workflowId: environmentWorkflowId({ namespace, environment }),
    taskQueue: TaskQueue.orchestrate,
    args: [{ namespace, environment }],
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
}
