import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  CancellationScope,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  setHandler,
  WorkflowIdReusePolicy,
  workflowInfo,
} from '@temporalio/workflow';
import { type AnalyzeResult, Verdict, type VerdictReason } from '../contracts/analysis';
import { rollbackWorkflowId } from '../contracts/ids';
import { alertSignal, timelineQuery } from '../contracts/messages';
import { Phase } from '../contracts/phases';
import {
  type DeploymentInput,
  type DeploymentResult,
  type GuardianInput,
  type GuardianResult,
  WorkflowType,
} from '../contracts/workflows';
import { alarm } from './alarm';
import { alertingOf, metricTarget } from './analysis-step';
import { Announcer } from './announcer';
import { deploymentAttributes } from './deployment-start';
import { isVerdictReason } from './message-faults';
import { observe } from './proxies';
import { Trail } from './trail';
import { byCluster } from './wave';

/**
 * Watches a release after it went live and takes it back when it regresses late. Ends by itself after `watch_after`, or
 * when the environment cancels it because another release serves.
 */
export async function guardian({ deployment, analysis }: GuardianInput): Promise<GuardianResult> {
  const { namespace, release, plan } = deployment;
  const subject = { namespace, workflow: deployment.pipeline, release, environment: plan.environment };
  const trail = new Trail(subject);
  const announcer = new Announcer(deployment.channels, subject, trail);
  setHandler(timelineQuery, () => trail.timeline);
  setHandler(alertSignal, (reason: VerdictReason) => {
    if (!isVerdictReason(reason)) return;
    trail.note({ action: 'alert.raised', message: reason.message });
    // Where the platform has alerting, the observer has told it.
    if (!deployment.alerting) announcer.tell('alert', `${release} in ${plan.environment}`, reason.message);
  });

  try {
    const result = await watch({ deployment, analysis });
    if (result.verdict !== Verdict.fail)
      return { rolledBack: false, reason: `watched without a finding: ${result.verdict}` };
    const reason = `late regression: ${result.reasons.map(({ message }) => message).join('; ')}`;
    trail.note({ action: 'guardian.regression', message: reason, details: { reasons: result.reasons } });
    // People read it, and decide: a guardian is no place to wait for them.
    if (deployment.alerting)
      alarm(announcer, deployment, { name: 'ReleaseRegressed', severity: 'critical', summary: reason });
    else announcer.tell('alert', `${release} in ${plan.environment} regressed`, reason);
    if (analysis.mode !== 'enforce') return { rolledBack: false, reason };
    // The environment cancels the guardian of a release that no longer serves: that is what this one is about to do.
    return await CancellationScope.nonCancellable(() => rollBack(deployment, reason, result.breachedAt));
  } catch (error) {
    if (isCancellation(error)) return { rolledBack: false, reason: 'another release serves' };
    throw error;
  } finally {
    await CancellationScope.nonCancellable(async () => {
      await announcer.drain();
      await trail.drain();
    });
  }
}

/** Watches in each cluster: the first failure is the answer, and without one what the first cluster says. */
async function watch({ deployment, analysis }: GuardianInput): Promise<AnalyzeResult> {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  const watches = byCluster(deployment).map(async (input) => {
    const { environment, region } = input.plan;
    const key = [workflowId, firstExecutionRunId, region ?? []].flat().join('/');
    const summary = [`${input.release} in ${environment}`, region ?? []].flat().join(', ');
    const target = metricTarget(input);
    const result = await observe.analyze.executeWithOptions({ summary }, [
      { key, plan: analysis, target, ...alertingOf(input) },
    ]);
    const where = (message: string) => (region === undefined ? message : `${region}: ${message}`);
    return {
      ...result,
      reasons: result.reasons.map((reason) => ({ ...reason, message: where(reason.message) })),
    };
  });
  const firstFailure = new Promise<AnalyzeResult>((resolve, reject) => {
    for (const one of watches) one.then((result) => result.verdict === Verdict.fail && resolve(result), reject);
  });
  return Promise.race([firstFailure, Promise.all(watches).then(([first]) => first ?? firstFailure)]);
}

async function rollBack(
  deployment: DeploymentInput,
  reason: string,
  breachedAt: string | undefined,
): Promise<GuardianResult> {
  const { namespace, app, release, plan } = deployment;
  const input: DeploymentInput = { ...deployment, mode: 'rollback', reason, ...(breachedAt ? { breachedAt } : {}) };
  const workflowId = rollbackWorkflowId({ namespace, app: app.name, environment: plan.environment, release });
  try {
    const result = await executeChild<(input: DeploymentInput) => Promise<DeploymentResult>>(WorkflowType.deployment, {
      workflowId,
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      // Should the guardian be terminated, what it began is done to the end.
      parentClosePolicy: ParentClosePolicy.ABANDON,
      args: [input],
      staticSummary: `${release} goes back in ${plan.environment}: late regression`,
      typedSearchAttributes: deploymentAttributes(input),
    });
    return { rolledBack: result.phase === Phase.rolledBack, reason: result.reason };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return { rolledBack: false, reason: `${reason}; ${workflowId} is rolling it back already` };
  }
}
