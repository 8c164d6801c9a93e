import { regionFaults } from './check-regions';
import { strategyFaults } from './check-stage';
import type { PathSegment } from './diagnostic';
import { at, oneOf, type Surroundings } from './findings';
import { nearestName } from './nearest-name';
import type { NormalStage } from './normal-stage';
import { lookUp } from './platform';
import type { ProductionPlatform } from './schema/production-platform';
import type { EnvironmentSpec, ProductionWorkflow } from './schema/production-workflow';
import type { Fault } from './source-map';

/** Clusters and metric sources that the platform must have, and strategies of environments. */
export function environmentFaults({ spec }: ProductionWorkflow, platform: ProductionPlatform | null): Fault[] {
  return Object.entries(spec.environments).flatMap(([name, environment]) => {
    const path = ['spec', 'environments', name];
    const own = [
      ...strategyFaults(environment.deployment_strategy, [...path, 'deployment_strategy']),
      ...regionFaults(environment, path),
    ];
    if (!platform) return own;
    const regions = Object.entries(environment.regions ?? {}).map(
      ([region, spec]) => [[...path, 'regions', region], spec] as const,
    );
    const { clusters, metric_sources: sources } = platform.spec;
    return [
      ...own,
      ...[[path, environment] as const, ...regions].flatMap(([place, { cluster, monitoring }]) => [
        ...missing([...place, 'cluster'], 'cluster', cluster, clusters),
        ...missing([...place, 'monitoring'], 'metric source', monitoring, sources),
      ]),
    ];
  });
}

function missing(
  path: readonly PathSegment[],
  what: string,
  name: string | undefined,
  known: Readonly<Record<string, unknown>>,
): Fault[] {
  if (name === undefined || lookUp(known, name) !== undefined) return [];
  const names = Object.keys(known);
  return [
    {
      path,
      message: `the platform has no ${what} "${name}"`,
      expected: oneOf(names, `a ${what} in the platform, which has none`),
      suggestion: nearestName(name, names),
    },
  ];
}

export function unusedEnvironments({ spec }: ProductionWorkflow, stages: readonly NormalStage[]): Fault[] {
  const names = Object.keys(spec.environments);
  // A name that is almost right is told where it stands, and means its environment.
  const used = new Set(stages.flatMap((stage) => stage.spec.environment ?? []));
  const meant = new Set([...used].map((name) => (names.includes(name) ? name : nearestName(name, names))));
  return names
    .filter((name) => !meant.has(name))
    .map((name) => ({
      path: ['spec', 'environments', name],
      message: `no stage deploys to "${name}"`,
      atKey: true,
      shape: true,
    }));
}

/** An app that does not say what it is in a cluster of Kubernetes cannot be deployed to one. */
export function targetFaults(
  { spec }: ProductionWorkflow,
  stages: readonly NormalStage[],
  { platform, app }: Surroundings,
): Fault[] {
  if (!platform || !app || app.spec.kubernetes) return [];
  return stages.flatMap((stage) => {
    const { environment: name } = stage.spec;
    const environment = name !== undefined && Object.hasOwn(spec.environments, name) ? spec.environments[name] : null;
    const cluster = clustersOf(environment ?? {}).find(
      (one) => lookUp(platform.spec.clusters, one)?.type === 'kubernetes',
    );
    if (cluster === undefined) return [];
    const message = `"${name}" is on the cluster ${cluster} of type kubernetes, and the app ${app.metadata.name} does not say how it is deployed there`;
    return [{ path: at(stage, 'environment'), message, expected: 'spec.kubernetes in the manifest of the app' }];
  });
}

/** Its own, and those of its regions. */
export function clustersOf({ cluster, regions = {} }: Pick<Partial<EnvironmentSpec>, 'cluster' | 'regions'>): string[] {
  return [cluster ?? [], ...Object.values(regions).map((region) => region.cluster)].flat();
}

/** A freeze for an environment whose name is almost right holds nothing, and nobody would see it. */
export function freezeWarnings({ spec }: ProductionWorkflow, platform: ProductionPlatform | null): Fault[] {
  const names = Object.keys(spec.environments);
  const frozen = new Set((platform?.spec.freezes ?? []).flatMap(({ environments }) => environments));
  return [...frozen].flatMap((name) => {
    const meant = names.includes(name) ? null : nearestName(name, names);
    if (meant === null || frozen.has(meant)) return [];
    const message = `a freeze of the platform is for "${name}", and so does not hold "${meant}"`;
    return [{ path: ['spec', 'environments', meant], message, suggestion: meant, atKey: true }];
  });
}
