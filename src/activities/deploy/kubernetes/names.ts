import { createHash } from 'node:crypto';
import type { DescribeInput, ReleaseRef } from '../../../contracts/activities';

/** Who we are in `managedFields`: every write of ours has this name. */
export const fieldManager = 'framework0';

/** Labels: short, for selectors. */
export const label = {
  managedBy: 'app.kubernetes.io/managed-by',
  app: 'framework0.io/app',
  environment: 'framework0.io/environment',
  /** The slug of a release: of which release a pod is. */
  release: 'framework0.io/release',
  /** The name of a Deployment, on its pods: what a Service is pinned to. It stays when a release is rolled in place. */
  workload: 'framework0.io/workload',
  /** Of Kubernetes: on the pods of a Deployment, another one for each of its templates. */
  podTemplateHash: 'pod-template-hash',
  /** Of Kubernetes: on EndpointSlices, the name of their Service. */
  serviceName: 'kubernetes.io/service-name',
} as const;

/** Annotations: exact, and of any length. */
export const annotation = {
  /** On a Deployment: the exact name of its release. */
  release: 'framework0.io/release',
  digest: 'framework0.io/digest',
  /** The workflow that wrote it last. */
  run: 'framework0.io/run',
  /** On a Deployment that is rolled in place: the release before. */
  previous: 'framework0.io/previous-release',
  /** On what others had applied before us: who they were, and when they last wrote. */
  adoptedFrom: 'framework0.io/adopted-from',
  /** On a Deployment whose pods were there before us, and stay as they are. */
  adopted: 'framework0.io/adopted',
  /** On a Deployment: what it was made from, so that the same is not applied twice. */
  content: 'framework0.io/content',
  /** On a Deployment that was stopped: the replicas it had. */
  replicas: 'framework0.io/replicas',
  /** On a Service: the release that is stable. */
  stable: 'framework0.io/stable',
  /** On a Service: the Deployment that it is pinned to, where its pods are known by the hash of their template only. */
  pinned: 'framework0.io/pinned-to',
  /** On a Service: the selector that the manifests give it, without our pin. */
  selector: 'framework0.io/selector',
  /** On a Service: the manifests that were applied last, the workload excepted. */
  manifests: 'framework0.io/manifests',
  /** On a Service: release and share, while replicas in a ratio split the traffic. */
  canary: 'framework0.io/canary',
} as const;

/** A pin that matches no pod: no Deployment can have a name with two dots in a row. */
export const noWorkload = 'nothing..yet';

/** What a Deployment that we did not make is called where a release is named; "/" is in the name of no release. */
export function unmanagedRelease(deployment: string): string {
  return `deployment/${deployment}`;
}

const maxSlug = 24;
/** Pods add 17 letters to it, and their names are cut at 63. */
const maxDeploymentName = 46;

/** A release's name as part of the names of objects: what is lost of it is made up for by a hash. */
export function slugOf(release: string): string {
  const plain = release.replaceAll('.', '-');
  if (/^[a-z0-9]+(\.[a-z0-9]+)*$/.test(release) && plain.length <= maxSlug) return plain;
  const short = release
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, maxSlug - 7)
    .replace(/^-+|-+$/g, '');
  return `${short}-${hash(release)}`;
}

/** The Deployment of one release, beside those of others. */
export function deploymentOf(workload: string, release: string): string {
  const name = `${workload}-${slugOf(release)}`;
  if (name.length <= maxDeploymentName) return name;
  return `${workload.slice(0, maxDeploymentName - maxSlug - 8)}-${hash(workload)}-${slugOf(release)}`;
}

/** The Service that routers send the candidate's share to. */
export function canaryServiceOf(service: string): string {
  return `${service.slice(0, 56)}-canary`;
}

/** Names of ours may end with what a label may not end with. */
export function labelValue(name: string): string {
  return /[A-Za-z0-9]$/.test(name) ? name : `${name.replace(/[^A-Za-z0-9]+$/, '')}-${hash(name)}`;
}

/** What says on an object whose it is. */
export function ownerLabels(input: { readonly app: ReleaseRef['app'] | DescribeInput['app']; environment: string }) {
  const app = typeof input.app === 'string' ? input.app : input.app.name;
  return {
    [label.managedBy]: fieldManager,
    [label.app]: labelValue(app),
    [label.environment]: labelValue(input.environment),
  };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 6);
}
