import { CancellationScope, ParentClosePolicy, startChild, WorkflowIdReusePolicy } from '@temporalio/workflow';
import { guardianWorkflowId } from '../contracts/ids';
import { Phase } from '../contracts/phases';
import { searchAttribute } from '../contracts/search-attributes';
import { type DeploymentInput, type GuardianInput, WorkflowType } from '../contracts/workflows';
import type { AnalysisPlan, DeploymentPlan } from '../definition/release-plan';
import type { Place } from './place';

/** Leaves a guardian behind that outlives the run. One that watches this release already is enough. */
export async function startGuardian(
  deployment: DeploymentInput,
  analysis: AnalysisPlan,
  places: readonly Place[],
): Promise<void> {
  const { namespace, app, release, plan } = deployment;
  const environment = plan.environment;
  const input: GuardianInput = { deployment: { ...deployment, plan: onlyIn(places, plan) }, analysis };
  const options = {
    workflowId: guardianWorkflowId({ namespace, app: app.name, environment, release }),
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    parentClosePolicy: ParentClosePolicy.ABANDON,
    args: [input] as [GuardianInput],
    staticSummary: `watches ${release} in ${environment} for late regressions`,
    typedSearchAttributes: [
      { key: searchAttribute.kind, value: WorkflowType.guardian },
      { key: searchAttribute.namespace, value: namespace },
      { key: searchAttribute.workflow, value: deployment.pipeline },
      { key: searchAttribute.environment, value: environment },
      { key: searchAttribute.release, value: release },
      { key: searchAttribute.phase, value: Phase.running },
    ],
  };
  // The run that leaves it behind may be cancelled right now; the release serves all the same.
  await CancellationScope.nonCancellable(() => startChild(WorkflowType.guardian, options)).catch(() => undefined);
}

/** A region that was skipped has another release, which is not this guardian's to watch. */
function onlyIn(places: readonly Place[], plan: DeploymentPlan): DeploymentPlan {
  if (!plan.waves) return plan;
  const isWatched = ({ region }: { readonly region: string }) => places.some((place) => place.region === region);
  return { ...plan, waves: plan.waves.map((wave) => ({ ...wave, regions: wave.regions.filter(isWatched) })) };
}
