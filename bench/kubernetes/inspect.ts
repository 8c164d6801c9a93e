import { annotation, deploymentOf, label } from '../../src/activities/deploy/kubernetes/names';
import type { DeploymentResult } from '../../src/contracts/workflows';
import type { ClusterAccess } from '../../test/kubernetes/support/access';
import { documentNamespace, replicas } from './apps';

export interface Expected {
  readonly app: string;
  /** That serves in the end. */
  readonly release: string;
  readonly phase: DeploymentResult['phase'];
}

interface Listed {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly selector: Readonly<Record<string, string>> };
  readonly status?: { readonly readyReplicas?: number };
}

/**
 * What is not as it must be when all deployments have ended, read from the cluster: a deployment that ended otherwise, a
 * Service that serves another release, too few pods, a Deployment left over. Nothing: nothing was lost.
 */
export async function findLost(
  cluster: ClusterAccess,
  expected: readonly Expected[],
  results: ReadonlyMap<string, DeploymentResult>,
): Promise<readonly string[]> {
  const listed = await cluster.kubectl('get', 'services,deployments', `--namespace=${documentNamespace}`, '-o=json');
  const objects = (JSON.parse(listed) as { items: readonly Listed[] }).items;
  const byName = (kind: string) =>
    new Map(objects.filter((one) => one.kind === kind).map((one) => [one.metadata.name, one]));
  const [services, deployments] = [byName('Service'), byName('Deployment')];
  const lost = expected.flatMap(({ app, release, phase }) => {
    const name = deploymentOf(app, release);
    const service = services.get(app);
    const result = results.get(app);
    const ready = deployments.get(name)?.status?.readyReplicas ?? 0;
    deployments.delete(name);
    return [
      ...(result?.phase === phase ? [] : [`${app}: ${result?.phase ?? 'no result'}: ${result?.reason}`]),
      ...(service?.spec.selector[label.workload] === name ? [] : [`Service ${app} does not serve ${name}`]),
      ...(service?.metadata.annotations?.[annotation.stable] === release ? [] : [`${release} of ${app} is not stable`]),
      ...(ready === replicas ? [] : [`${name} has ${ready} ready replicas of ${replicas}`]),
    ];
  });
  return [...lost, ...[...deployments.keys()].map((name) => `Deployment ${name} is left over`)];
}
