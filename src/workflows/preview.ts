import { upsertSearchAttributes } from '@temporalio/workflow';
import { rootMessage } from '../contracts/errors';
import { Phase } from '../contracts/phases';
import { searchAttribute } from '../contracts/search-attributes';
import type { PreviewInput, PreviewResult, StagePreview } from '../contracts/workflows';
import { previewedStages } from '../definition/previewed-stages';
import type { DeploymentPlan, ReleasePlan } from '../definition/release-plan';
import { look } from './proxies';

/** What a release would change in the clusters of its stages, each as it is now. Changes nothing, and never fails. */
export async function preview({ plan }: PreviewInput): Promise<PreviewResult> {
  const stages = await Promise.all(
    previewedStages(plan).map(({ stage, deployment }) => previewStage(plan, stage, deployment)),
  );
  upsertSearchAttributes([{ key: searchAttribute.phase, value: Phase.succeeded }]);
  return { stages };
}

async function previewStage(plan: ReleasePlan, stage: string, deployment: DeploymentPlan): Promise<StagePreview> {
  const { namespace, app, release } = plan;
  const { environment, region, cluster, replicas, env, steps } = deployment;
  const told = { stage, environment, cluster: cluster.name };
  const input = {
    ...{ namespace, cluster, environment, ...(region === undefined ? {} : { region }), app, release, replicas, env },
    rolling: steps.some((step) => step.kind === 'prepare' && step.rolling),
    retires: steps.some((step) => step.kind === 'retire'),
  };
  try {
    const summary = `${release} in ${environment}: what would change`;
    const found = await look.previewRelease.executeWithOptions({ summary }, [input]);
    const unavailable = found ? null : `clusters of type ${cluster.type} cannot tell`;
    return { ...told, preview: found, unavailable };
  } catch (error) {
    return { ...told, preview: null, unavailable: rootMessage(error) };
  }
}
