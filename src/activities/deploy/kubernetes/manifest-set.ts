import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { failure } from '../../../contracts/errors';
import { nearestName } from '../../../definition/nearest-name';
import type { KubernetesAppPlan } from '../../../definition/release-plan';
import type { KubeObject } from './api';
import type { Deployment, Service } from './watched-namespace';

/** The manifests of one release, told apart by what they are to us. */
export interface ManifestSet {
  readonly workload: Deployment;
  /** The container that gets the image. */
  readonly container: string;
  readonly service: Service;
  /** The selector of the Service, as the manifests have it. */
  readonly selector: Readonly<Record<string, string>>;
  /** Applied as they are. */
  readonly others: readonly KubeObject[];
  /** Of everything but the workload. */
  readonly hash: string;
}

/** Finds the one Deployment and the one Service by their names. Throws `InvalidInput` with what is there instead. */
export function manifestSet(
  plan: KubernetesAppPlan,
  app: string,
  namespace: string,
  objects: readonly KubeObject[],
): ManifestSet {
  assertPlaces(objects, namespace);
  const workload = theOnly('Deployment', 'apps/v1', plan.workload, 'workload', objects) as Deployment;
  const service = theOnly('Service', 'v1', plan.service, 'service', objects) as Service;
  const selector = service.spec?.selector ?? {};
  if (Object.keys(selector).length === 0) {
    throw failure('InvalidInput', `Service ${plan.service} in the manifests selects no pods: expected spec.selector`);
  }
  const labels = workload.spec?.template?.metadata?.labels ?? {};
  const foreign = Object.entries(selector).find(([name, value]) => labels[name] !== value);
  if (foreign) {
    const [name, value] = foreign;
    throw failure(
      'InvalidInput',
      `Service ${plan.service} selects ${name}=${value}, and the pods of Deployment ${plan.workload} have ${labels[name] === undefined ? 'no such label' : `${name}=${labels[name]}`}: it would never have an endpoint`,
    );
  }
  const others = objects.filter((object) => object !== workload && object !== service);
  return {
    workload,
    service,
    selector,
    others,
    container: containerOf(workload, plan.container, app),
    hash: contentHash([service, ...others]),
  };
}

export function contentHash(content: unknown): string {
  return createHash('sha256')
    .update(canonicalize(content) ?? '')
    .digest('hex')
    .slice(0, 16);
}

function theOnly(
  kind: string,
  apiVersion: string,
  name: string,
  setting: string,
  objects: readonly KubeObject[],
): KubeObject {
  const ofKind = objects.filter((object) => object.kind === kind && object.apiVersion === apiVersion);
  const found = ofKind.filter((object) => object.metadata?.name === name);
  const [first] = found;
  if (first && found.length === 1) return first;
  const names = ofKind.map((object) => object.metadata?.name ?? '');
  const near = nearestName(name, names);
  const there = names.length > 0 ? `they have ${[...new Set(names)].join(', ')}` : `they have no ${kind} at all`;
  throw failure(
    'InvalidInput',
    found.length > 1
      ? `the manifests have ${found.length} ${kind}s ${name}: expected one`
      : `the manifests have no ${kind} ${name}; ${there}${near ? ` (did you mean ${near}?)` : ''}: set \`${setting}\` under kubernetes in the manifest of the app`,
  );
}

function containerOf(workload: Deployment, asked: string | null, app: string): string {
  const names = (workload.spec?.template?.spec?.containers ?? []).map(({ name }) => name);
  const wanted = asked ?? (names.length === 1 ? names[0] : app);
  if (wanted !== undefined && names.includes(wanted)) return wanted;
  const near = nearestName(wanted ?? '', names);
  throw failure(
    'InvalidInput',
    `Deployment ${workload.metadata?.name} has no container ${wanted}: it has ${names.join(', ') || 'none'}${near ? ` (did you mean ${near}?)` : ''}; set \`container\` under kubernetes in the manifest of the app`,
  );
}

/** Everything of a release is in one namespace: what the platform says is where it goes. */
function assertPlaces(objects: readonly KubeObject[], namespace: string): void {
  const elsewhere = objects.find(
    ({ metadata }) => metadata?.namespace !== undefined && metadata.namespace !== namespace,
  );
  if (!elsewhere) return;
  const { kind, metadata } = elsewhere;
  throw failure(
    'InvalidInput',
    `${kind} ${metadata?.name} in the manifests is for the namespace ${metadata?.namespace}, and this environment is in ${namespace}: leave it out, or set \`namespace\` of the cluster`,
  );
}
