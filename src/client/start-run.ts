import { randomUUID } from 'node:crypto';
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { pipelineWorkflowId } from '../contracts/ids';
import { Phase } from '../contracts/phases';
import { searchAttribute } from '../contracts/search-attributes';
import { TaskQueue } from '../contracts/task-queues';
import { type PipelineInput, type PipelineResult, WorkflowType } from '../contracts/workflows';
import { Conflict } from './errors';
import type { StartedRun, StartRequest } from './types';

/** What a start leaves in the run's memo: it can be read back without a worker. */
interface StartMemo extends Record<string, unknown> {
  readonly planHash: string;
  /** Tells the caller that this very call started the run. */
  readonly startKey: string;
}

/** Starts a release, or finds it at work. Throws `Conflict` when that release exists with another plan. */
export async function startRun(client: Client, request: StartRequest): Promise<Omit<StartedRun, 'url'>> {
  const { plan } = request;
  const workflowId = pipelineWorkflowId(plan);
  const memo: StartMemo = { planHash: plan.hash, startKey: randomUUID() };
  const input: PipelineInput = { plan, author: request.author, reopen: request.reopen ?? false };
  try {
    await client.workflow.start(WorkflowType.pipeline, {
      workflowId,
      taskQueue: TaskQueue.orchestrate,
      args: [input],
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: input.reopen ? 'ALLOW_DUPLICATE' : 'ALLOW_DUPLICATE_FAILED_ONLY',
      memo,
      typedSearchAttributes: new TypedSearchAttributes([
        { key: searchAttribute.kind, value: WorkflowType.pipeline },
        { key: searchAttribute.namespace, value: plan.namespace },
        { key: searchAttribute.workflow, value: plan.name },
        { key: searchAttribute.release, value: plan.release },
        { key: searchAttribute.phase, value: Phase.running },
        { key: searchAttribute.awaitingApproval, value: false },
      ]),
      staticSummary: summaryText(plan.name, plan.release),
      staticDetails: detailsText(request),
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return endedBefore(client, workflowId, memo);
  }
  const found = await client.workflow.getHandle(workflowId).describe();
  if (found.memo?.startKey === memo.startKey) return { workflowId, runId: found.runId, existing: 'none' };
  refuseOtherContent(found, memo, 'is at work');
  return { workflowId, runId: found.runId, existing: 'running' };
}

/** The release has ended in a way that is not repeated by itself: say how, or that it is something else. */
async function endedBefore(client: Client, workflowId: string, memo: StartMemo): Promise<Omit<StartedRun, 'url'>> {
  const handle = client.workflow.getHandle(workflowId);
  const found = await handle.describe();
  refuseOtherContent(found, memo, 'has run');
  const result = (await handle.result()) as Partial<PipelineResult> | undefined;
  if (result?.phase === Phase.succeeded) return { workflowId, runId: found.runId, existing: 'succeeded' };
  throw new Conflict(
    `${workflowId} ended ${result?.phase ?? found.status.name}${result?.reason ? `: ${result.reason}` : ''}. ` +
      'To deploy the same release again, re-open it (`--reopen`), or give the next one a new name',
  );
}

function refuseOtherContent(found: WorkflowExecutionDescription, memo: StartMemo, state: string): void {
  const there = found.memo?.planHash;
  if (there === undefined || there === memo.planHash) return;
  throw new Conflict(
    `${found.workflowId} ${state} with other content (plan ${shortHash(there)}, this one is ${shortHash(memo.planHash)}): ` +
      'a release never changes, give this one a new name',
  );
}

function shortHash(hash: unknown): string {
  return String(hash).slice(0, 12);
}

/** Temporal takes 200 bytes of summary. */
function summaryText(name: string, release: string): string {
  return Buffer.from(`${name} ${release}`).subarray(0, 200).toString();
}

function detailsText({ plan, author }: StartRequest): string {
  const stages = plan.stages.map(
    (stage) => `- ${stage.name}${stage.deployment ? ` -> ${stage.deployment.environment}` : ''}`,
  );
  return [`Release **${plan.release}** of \`${plan.name}\`, started by ${author.name}.`, '', ...stages]
    .join('\n')
    .slice(0, 18_000);
}
