import { plansByCluster } from './region-plans';
import type { DeploymentPlan, ReleasePlan } from './release-plan';

export interface PreviewedStage {
  readonly stage: string;
  /** To one cluster. */
  readonly deployment: DeploymentPlan;
}

/** The stages that change clusters which can tell beforehand, one for each region; a local one only starts replicas. */
export function previewedStages({ stages }: ReleasePlan): readonly PreviewedStage[] {
  return stages.flatMap(({ name, skip, deployment }) =>
    skip === null && deployment
      ? plansByCluster(deployment)
          .filter(({ cluster }) => cluster.type === 'kubernetes')
          .map((plan) => ({ stage: name, deployment: plan }))
      : [],
  );
}
