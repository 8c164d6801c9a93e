import { clustersOf } from './check-environments';
import { at } from './findings';
import type { NormalStage } from './normal-stage';
import { lookUp } from './platform';
import type { ProductionPlatform } from './schema/production-platform';
import type { ProductionWorkflow, StrategySpec } from './schema/production-workflow';
import type { Fault } from './source-map';

/**
 * What a cluster that is deployed to by commits cannot do: its reader brings the app's one Deployment to it, as the
 * repository has it, and only the digest in it is ours.
 */
export function gitopsFaults(
  { spec }: ProductionWorkflow,
  stages: readonly NormalStage[],
  platform: ProductionPlatform | null,
): { readonly errors: readonly Fault[]; readonly warnings: readonly Fault[] } {
  const environments = Object.entries(spec.environments).flatMap(([name, environment]) => {
    const cluster = clustersOf(environment).find((one) => isGitOps(platform, one));
    return cluster === undefined ? [] : [{ name, environment, cluster }];
  });
  const errors: Fault[] = [];
  const warnings: Fault[] = [];
  const expected = 'rolling: what a Git repository says is one Deployment, which is replaced in place';
  const refuse = (path: Fault['path'], cluster: string, strategy: StrategySpec | undefined) => {
    const name = typeof strategy === 'object' ? Object.keys(strategy)[0] : strategy;
    if (name === undefined || name === 'rolling') return;
    errors.push({
      path,
      message: `the cluster ${cluster} is deployed to by gitops, which cannot do ${name}`,
      expected,
    });
  };
  for (const { name, environment, cluster } of environments) {
    const path = ['spec', 'environments', name];
    refuse([...path, 'deployment_strategy'], cluster, environment.deployment_strategy);
    if (Object.keys(environment.env).length > 0) {
      const message = `the cluster ${cluster} is deployed to by gitops: its pods have the variables that the repository gives them`;
      errors.push({ path: [...path, 'env'], message, expected: 'env in the manifests of the repository', atKey: true });
    }
    if (environment.replicas !== undefined) {
      const message = `the cluster ${cluster} is deployed to by gitops: the number of replicas is the repository's`;
      warnings.push({ path: [...path, 'replicas'], message, atKey: true });
    }
    for (const stage of stages.filter((one) => one.spec.environment === name)) {
      refuse(at(stage, 'strategy'), cluster, stage.spec.strategy);
      if (Object.keys(stage.env).length === 0) continue;
      const field = stage.spec.environment_variables === undefined ? 'env' : 'environment_variables';
      const message = `the cluster ${cluster} is deployed to by gitops: these reach the commands of the stage, and no pod`;
      warnings.push({ path: at(stage, field), message, atKey: true });
    }
  }
  return { errors, warnings };
}

function isGitOps(platform: ProductionPlatform | null, name: string): boolean {
  const cluster = platform && lookUp(platform.spec.clusters, name);
  return cluster?.type === 'kubernetes' && cluster.gitops !== undefined;
}
