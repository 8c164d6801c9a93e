import { CancellationScope, workflowInfo } from '@temporalio/workflow';
import { type AnalyzeInput, type AnalyzeResult, Verdict } from '../contracts/analysis';
import type { DeploymentInput } from '../contracts/workflows';
import type { AnalysisPlan, ApprovalGatePlan, MetricTarget } from '../definition/release-plan';
import type { DeploymentRun } from './deployment-run';
import type { Place } from './place';
import { observe } from './proxies';
import { StepRefused } from './step-refused';

/** One durable verdict a step: the analysis is never run again to get another one. */
export async function analyze(run: DeploymentRun, place: Place, plan: AnalysisPlan, step: string): Promise<void> {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  const { release, plan: deployment } = place.input;
  const { stable } = place.home;
  const input: AnalyzeInput = {
    key: [workflowId, firstExecutionRunId, place.region ?? [], `${step}-${plan.name}`].flat().join('/'),
    plan,
    target: metricTarget(place.input),
    ...(stable ? { baselineRelease: stable.release } : {}),
    ...(place.shiftedAt ? { shiftedAt: place.shiftedAt } : {}),
    ...alertingOf(place.input),
  };
  const summary = place.says(`${plan.name}: ${release} in ${deployment.environment}`);
  // Not by the cancellation type TRY_CANCEL: where the server cancels the activity at once, such a run does not replay.
  const result = await Promise.race([
    observe.analyze.executeWithOptions({ summary }, [input]),
    CancellationScope.current().cancelRequested,
  ]);
  const why = record(run, place, plan, result);
  if (result.verdict === Verdict.pass || plan.mode === 'observe') return;
  const bad = result.verdict === Verdict.fail;
  if (bad ? plan.mode === 'pause' : plan.onInconclusive === 'ask') return goOn(run, place, plan, result.verdict, why);
  if (!bad && plan.onInconclusive === 'pass') return;
  throw new StepRefused(
    `${plan.name} is ${result.verdict}: ${why}`,
    bad ? (result.breachedAt ?? result.endedAt) : null,
  );
}

/** Who is told of what the analysis finds beside its verdict. */
export function alertingOf({ channels, alerting }: DeploymentInput): Pick<AnalyzeInput, 'alerting'> {
  return alerting ? { alerting: { channels, alerting } } : {};
}

export function metricTarget({ namespace, app, release, plan }: DeploymentInput): MetricTarget {
  const { cluster, environment, region, metricSource: source } = plan;
  const where = { cluster, namespace, environment, ...(region === undefined ? {} : { region }) };
  return { source, ...where, app: app.name, release, appMetrics: app.metrics };
}

function record(run: DeploymentRun, place: Place, plan: AnalysisPlan, result: AnalyzeResult): string {
  for (const reason of result.reasons) run.view.decided(reason);
  const why = result.reasons.map(({ message }) => message).join('; ');
  run.trail.note({
    action: `analysis.${result.verdict}`,
    stage: run.input.stage,
    message: place.says(`${plan.name}: ${result.verdict}: ${why}`),
    details: { samples: result.samples, score: result.score ?? null, reasons: result.reasons },
  });
  return why;
}

/** Asks a person whether to go on with what could not be shown to be good; refused or expired, it goes back. */
async function goOn(
  run: DeploymentRun,
  place: Place,
  plan: AnalysisPlan,
  verdict: Verdict,
  why: string,
): Promise<void> {
  const gate: ApprovalGatePlan = {
    // Regions may ask at once, and each answer is for one of them.
    name: [plan.name, verdict, place.region ?? []].flat().join('_'),
    approvers: [],
    roles: [],
    quorum: 1,
    expiresInSeconds: plan.askExpiresInSeconds,
    remindEverySeconds: null,
    escalateTo: [],
    allowAuthor: true,
  };
  const outcome = await run.ask(gate, place.says(`${plan.name} of ${run.input.release} is ${verdict}: go on? ${why}`));
  if (outcome.state === 'approved') return;
  throw new StepRefused(`${plan.name} is ${verdict} (${why}), and going on was ${outcome.state}: ${outcome.reason}`);
}
