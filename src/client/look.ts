import type { Client } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { driftWorkflowId, environmentWorkflowId, previewWorkflowId } from '../contracts/ids';
import { environmentStatusQuery } from '../contracts/messages';
import { Phase } from '../contracts/phases';
import { searchAttribute } from '../contracts/search-attributes';
import type { EnvironmentStatus } from '../contracts/status';
import { TaskQueue } from '../contracts/task-queues';
import { type DriftInput, type DriftResult, type PreviewResult, WorkflowType } from '../contracts/workflows';
import type { ReleasePlan } from '../definition/release-plan';
import { NotFound, Refused } from './errors';
import type { DriftRequest } from './types';

/** A look that nobody can do any more is given up: workers are away, and whoever asked has gone. */
const workflowExecutionTimeout = '3 min';

/** What a release would change in the clusters of its plan. Two who ask at the same time get one answer. */
export async function previewRelease(client: Client, plan: ReleasePlan): Promise<PreviewResult> {
  const { namespace, name, release } = plan;
  return client.workflow.execute<(input: { plan: ReleasePlan }) => Promise<PreviewResult>>(WorkflowType.preview, {
    workflowId: previewWorkflowId(plan),
    taskQueue: TaskQueue.orchestrate,
    args: [{ plan }],
    workflowExecutionTimeout,
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    staticSummary: `what ${name} ${release} would change`.slice(0, 200),
    typedSearchAttributes: new TypedSearchAttributes([
      { key: searchAttribute.kind, value: WorkflowType.preview },
      { key: searchAttribute.namespace, value: namespace },
      { key: searchAttribute.workflow, value: name },
      { key: searchAttribute.release, value: release },
      { key: searchAttribute.phase, value: Phase.running },
    ]),
  });
}

/**
 * What differs in an environment from what was deployed there. Throws `NotFound` when nothing was, and `Refused` when it is
 * to be healed while a deployment is at work.
 */
export async function detectDrift(client: Client, request: DriftRequest): Promise<DriftResult> {
  const { namespace, environment, heal, by, reason } = request;
  const keeper = client.workflow.getHandle(environmentWorkflowId({ namespace, environment }));
  const { serving, holders }: EnvironmentStatus = await keeper.query(environmentStatusQuery);
  if (serving.length === 0) throw new NotFound(`nothing serves in ${namespace}/${environment} that was deployed by us`);
  if (heal && holders.length > 0) {
    throw new Refused(`${holders.join(', ')} is at work in ${environment}: heal when it has ended`);
  }
  const input: DriftInput = { namespace, environment, serving, heal, by, reason };
  return client.workflow.execute<(input: DriftInput) => Promise<DriftResult>>(WorkflowType.drift, {
    workflowId: driftWorkflowId({ namespace, environment, heal }),
    taskQueue: TaskQueue.orchestrate,
    args: [input],
    workflowExecutionTimeout,
    // Who heals is in the audit trail by name: another one's heal is not theirs.
    workflowIdConflictPolicy: heal ? 'FAIL' : 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    staticSummary: `${heal ? 'heals' : 'looks for'} drift in ${environment}`.slice(0, 200),
    typedSearchAttributes: new TypedSearchAttributes([
      { key: searchAttribute.kind, value: WorkflowType.drift },
      { key: searchAttribute.namespace, value: namespace },
      { key: searchAttribute.environment, value: environment },
      { key: searchAttribute.phase, value: Phase.running },
    ]),
  });
}
