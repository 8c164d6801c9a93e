import type { SearchAttributePair } from '@temporalio/common';
import {
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  startChild,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import { systemIdentity } from '../contracts/identity';
import { deploymentWorkflowId } from '../contracts/ids';
import { pauseSignal } from '../contracts/messages';
import { Phase } from '../contracts/phases';
import { searchAttribute } from '../contracts/search-attributes';
import { type DeploymentInput, type DeploymentResult, WorkflowType } from '../contracts/workflows';

export function deploymentIdOf({ namespace, app, plan, release }: DeploymentInput): string {
  return deploymentWorkflowId({ namespace, app: app.name, environment: plan.environment, release });
}

/** Runs a deployment as a child and awaits its outcome; cancelled, it waits until the deployment went back. */
export async function runDeployment(input: DeploymentInput, isPaused: () => boolean): Promise<DeploymentResult> {
  const { plan, release, mode } = input;
  const child = await startChild<(input: DeploymentInput) => Promise<DeploymentResult>>(WorkflowType.deployment, {
    workflowId: deploymentIdOf(input),
    // A release deployed again after it was re-opened has the same id; one that still runs is a conflict.
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    // Should the pipeline be terminated, its deployment goes back instead of staying half done.
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    args: [input],
    staticSummary:
      mode === 'deploy'
        ? `${release} to ${plan.environment}, ${plan.strategy}`
        : `${release} goes back in ${plan.environment}`,
    typedSearchAttributes: deploymentAttributes(input),
  });
  // A pause that came while it started did not reach it.
  if (isPaused()) await child.signal(pauseSignal, { by: systemIdentity, reason: 'the run is paused' });
  return child.result();
}

export function deploymentAttributes({ namespace, pipeline, plan, release }: DeploymentInput): SearchAttributePair[] {
  return [
    { key: searchAttribute.kind, value: WorkflowType.deployment },
    { key: searchAttribute.namespace, value: namespace },
    { key: searchAttribute.workflow, value: pipeline },
    { key: searchAttribute.environment, value: plan.environment },
    { key: searchAttribute.release, value: release },
    { key: searchAttribute.phase, value: Phase.waiting },
  ];
}
