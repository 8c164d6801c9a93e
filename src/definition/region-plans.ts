import type { DeploymentPlan, RegionPlan } from './release-plan';

// Apart from what makes plans: workflows take these, and a parser has no place in their memory.

/** What the environment's plan is in one region: a plan for one cluster. */
export function planOfRegion(plan: DeploymentPlan, region: RegionPlan): DeploymentPlan {
  const { waves: _waves, unreachable: _unreachable, ...common } = plan;
  return { ...common, ...region };
}

/** A plan for each cluster: itself, or one for each region, in the order of the waves. */
export function plansByCluster(plan: DeploymentPlan): readonly DeploymentPlan[] {
  return plan.waves?.flatMap(({ regions }) => regions.map((region) => planOfRegion(plan, region))) ?? [plan];
}
