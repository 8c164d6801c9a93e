import type { DeploymentPlan, ReleasePlan } from './release-plan';

export interface PreviewedStage {
  readonly stage: string;
  readonly deployment: DeploymentPlan;
}

/** The stages that change clusters which can tell beforehand; a local one only starts replicas. */
export function previewedStages({ stages }: ReleasePlan): readonly PreviewedStage[] {
  return stages.flatMap(({ name, skip, deployment }) =>
    skip === null && deployment?.cluster.type === 'kubernetes' ? [{ stage: name, deployment }] : [],
  );
}
