import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { environmentWorkflowId, rollbackWorkflowId } from '../contracts/ids';
import { environmentStatusQuery } from '../contracts/messages';
import { searchAttribute } from '../contracts/search-attributes';
import type { EnvironmentStatus, PipelineStatus } from '../contracts/status';
import { TaskQueue } from '../contracts/task-queues';
import { type DeploymentInput, WorkflowType } from '../contracts/workflows';
import type { ReleasePlan, StagePlan } from '../definition/release-plan';
import { Refused } from './errors';
import type { Command } from './types';

export interface EnvironmentRollback {
  readonly environment: string;
  readonly workflowId: string;
  readonly runId: string;
}

/**
 * Takes a release whose run has ended out of every environment that it serves, each by a workflow of its own.
 * Throws `Refused` when it serves none.
 */
export async function rollBackEnded(
  client: Client,
  status: PipelineStatus,
  plan: ReleasePlan,
  command: Command,
): Promise<readonly EnvironmentRollback[]> {
  const stages = [
    ...new Map(plan.stages.filter((stage) => stage.deployment).map((s) => [s.deployment?.environment, s])).values(),
  ];
  const serving: StagePlan[] = [];
  for (const stage of stages) if (await serves(client, plan, stage)) serving.push(stage);
  if (serving.length === 0) {
    throw new Refused(
      `${status.workflowId} ended ${status.phase} and serves no environment: there is nothing to roll back`,
    );
  }
  const started: EnvironmentRollback[] = [];
  for (const stage of serving) started.push(await startRollback(client, status, plan, stage, command));
  return started;
}

async function serves(client: Client, plan: ReleasePlan, stage: StagePlan): Promise<boolean> {
  const environment = stage.deployment?.environment ?? '';
  const handle = client.workflow.getHandle(environmentWorkflowId({ namespace: plan.namespace, environment }));
  const { serving }: EnvironmentStatus = await handle.query(environmentStatusQuery);
  return serving.some(({ app, release }) => app === plan.app.name && release === plan.release);
}

async function startRollback(
  client: Client,
  status: PipelineStatus,
  plan: ReleasePlan,
  stage: StagePlan,
  command: Command,
): Promise<EnvironmentRollback> {
  if (!stage.deployment || status.artifactDigest === null) {
    throw new Refused(`${stage.name} deployed nothing that could be rolled back`);
  }
  const { environment } = stage.deployment;
  const workflowId = rollbackWorkflowId({
    namespace: plan.namespace,
    app: plan.app.name,
    environment,
    release: plan.release,
  });
  const input: DeploymentInput = {
    namespace: plan.namespace,
    pipeline: status.workflowId,
    stage: stage.name,
    app: plan.app,
    release: plan.release,
    // A rollback deploys what was there before: of the release it leaves it needs the digest alone.
    artifact: { digest: status.artifactDigest, sizeBytes: 0, sbomDigest: '', provenanceDigest: '' },
    plan: stage.deployment,
    directory: plan.directory,
    ...(plan.signing ? { signing: plan.signing } : {}),
    channels: plan.channels,
    ...(plan.alerting ? { alerting: plan.alerting } : {}),
    author: command.by,
    planHash: plan.hash,
    reopen: false,
    mode: 'rollback',
    reason: command.reason,
  };
  try {
    const handle = await client.workflow.start(WorkflowType.deployment, {
      workflowId,
      taskQueue: TaskQueue.orchestrate,
      args: [input],
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      staticSummary: `roll back ${plan.release} in ${environment}`.slice(0, 200),
      typedSearchAttributes: new TypedSearchAttributes([
        { key: searchAttribute.kind, value: 'rollback' },
        { key: searchAttribute.namespace, value: plan.namespace },
        { key: searchAttribute.workflow, value: plan.name },
        { key: searchAttribute.environment, value: environment },
        { key: searchAttribute.release, value: plan.release },
      ]),
    });
    return { environment, workflowId, runId: handle.firstExecutionRunId };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) {
      throw new Refused(`${workflowId} has run already: ${environment} was rolled back`, { cause: error });
    }
    throw error;
  }
}
