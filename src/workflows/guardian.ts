import { isCancellation, setHandler, startChild, WorkflowIdReusePolicy, workflowInfo } from '@temporalio/workflow';
import { Verdict, type VerdictReason } from '../contracts/analysis';
import { rollbackWorkflowId } from '../contracts/ids';
import { alertSignal, timelineQuery } from '../contracts/messages';
import { type DeploymentInput, type GuardianInput, type GuardianResult, WorkflowType } from '../contracts/workflows';
import { Announcer } from './announcer';
import { observe } from './proxies';
import { Trail } from './trail';

/**
 * Watches a release after it went live and takes it back when it regresses late. Ends by itself after `watch_after`, or
 * when the environment cancels it because another release serves.
 */
export async function guardian({ deployment, analysis }: GuardianInput): Promise<GuardianResult> {
  const { namespace, app, release, plan } = deployment;
  const subject = { namespace, release, environment: plan.environment };
  const trail = new Trail(subject);
  const announcer = new Announcer(deployment.channels, subject, trail);
  setHandler(timelineQuery, () => trail.timeline);
  setHandler(alertSignal, (reason: VerdictReason) => {
    trail.note({ action: 'alert.raised', message: reason.message });
    announcer.tell('alert', `${release} in ${plan.environment}`, reason.message);
  });

  try {
    const { cluster, environment, metricSource: source } = plan;
    const target = { source, cluster, namespace, environment, app: app.name, release, appMetrics: app.metrics };
    const key = `${workflowInfo().workflowId}/${workflowInfo().firstExecutionRunId}`;
    const result = await observe.analyze.executeWithOptions({ summary: `${release} in ${environment}` }, [
      { key, plan: analysis, target },
    ]);
    if (result.verdict !== Verdict.fail)
      return { rolledBack: false, reason: `watched without a finding: ${result.verdict}` };
    const reason = `late regression: ${result.reasons.map(({ message }) => message).join('; ')}`;
    trail.note({ action: 'guardian.regression', message: reason, details: { reasons: result.reasons } });
    return { rolledBack: true, reason: await rollBack(deployment, reason) };
  } catch (error) {
    if (isCancellation(error)) return { rolledBack: false, reason: 'another release serves' };
    throw error;
  } finally {
    await announcer.drain();
    await trail.drain();
  }
}

async function rollBack(deployment: DeploymentInput, reason: string): Promise<string> {
  const { namespace, app, release, plan } = deployment;
  const input: DeploymentInput = { ...deployment, mode: 'rollback', reason };
  const child = await startChild(WorkflowType.deployment, {
    workflowId: rollbackWorkflowId({ namespace, app: app.name, environment: plan.environment, release }),
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    args: [input],
    staticSummary: `${release} goes back in ${plan.environment}: late regression`,
  });
  const result = await child.result();
  return result.reason;
}
