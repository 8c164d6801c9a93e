import type { V1EnvVar } from '@kubernetes/client-node';
import type { ReleaseRef } from '../../../contracts/activities';
import type { KubeObject } from './api';
import { contentHash, type ManifestSet } from './manifest-set';
import { annotation, label, labelValue, ownerLabels, slugOf } from './names';
import type { Deployment, Service } from './watched-namespace';

export interface DesiredWorkload {
  /** The workload's own name, or one of this release. */
  readonly name: string;
  readonly replicas: number;
  /** Values that start with `secret://` are in the Secret beside it. */
  readonly env: Readonly<Record<string, string>>;
  /** The release before, where one is rolled over. */
  readonly previous: string | null;
  /** Its pods run already, made by somebody else: they would start anew if they got labels and variables of ours. */
  readonly adopted: boolean;
}

/** The Secret that holds what of the environment is secret: a Deployment can be read by many. */
export function envSecretOf(deployment: string): string {
  return `${deployment}-env`;
}

/**
 * The Deployment of a release: the one of the manifests, with the image by digest, the number of replicas, the
 * environment's variables, and labels of ours. Nothing else of it is changed.
 */
export function desiredDeployment(set: ManifestSet, ref: ReleaseRef, desired: DesiredWorkload): Deployment {
  const { workload } = set;
  const isOwn = desired.name === workload.metadata?.name;
  const owner = ownerLabels(ref);
  const release = labelValue(slugOf(ref.release));
  const template = workload.spec?.template ?? {};
  // The selector of a Deployment cannot change: the one of the manifests stays what it is.
  const pinned = isOwn ? {} : { [label.workload]: desired.name };
  const podLabels = desired.adopted
    ? {}
    : {
        [label.app]: owner[label.app],
        [label.environment]: owner[label.environment],
        [label.release]: release,
        [label.workload]: desired.name,
      };
  const spec = {
    ...workload.spec,
    selector: {
      ...workload.spec?.selector,
      matchLabels: { ...workload.spec?.selector?.matchLabels, ...pinned },
    },
    template: {
      ...template,
      metadata: { ...template.metadata, labels: { ...template.metadata?.labels, ...podLabels } },
      spec: { ...template.spec, containers: containers(set, ref, desired) },
    },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      ...owned(workload, ref, desired.name),
      annotations: {
        ...workload.metadata?.annotations,
        ...releaseAnnotations(ref),
        [annotation.content]: contentHash([spec, desired.previous]),
        ...(desired.previous === null ? {} : { [annotation.previous]: desired.previous }),
        ...(desired.adopted ? { [annotation.adopted]: 'true' } : {}),
      },
    },
    spec: { ...spec, replicas: desired.replicas },
  } as Deployment;
}

function containers(set: ManifestSet, ref: ReleaseRef, { env, name, adopted }: DesiredWorkload) {
  const ours = adopted ? {} : { F0_RELEASE: ref.release, F0_ENVIRONMENT: ref.environment };
  const given: V1EnvVar[] = Object.entries({ ...env, ...ours }).map(([key, value]) =>
    value.startsWith('secret://')
      ? { name: key, valueFrom: { secretKeyRef: { name: envSecretOf(name), key } } }
      : { name: key, value },
  );
  const names = new Set(given.map((variable) => variable.name));
  return (set.workload.spec?.template?.spec?.containers ?? []).map((container) =>
    container.name === set.container
      ? {
          ...container,
          image: `${ref.app.kubernetes?.image}@${ref.digest}`,
          env: [...(container.env ?? []).filter((variable) => !names.has(variable.name)), ...given],
        }
      : container,
  );
}

/** Null where nothing of the environment is secret. `values` has them resolved. */
export function desiredSecret(
  ref: ReleaseRef,
  { env, name }: DesiredWorkload,
  values: Readonly<Record<string, string>>,
): KubeObject | null {
  const keys = Object.keys(env).filter((key) => env[key]?.startsWith('secret://'));
  if (keys.length === 0) return null;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: envSecretOf(name), labels: ownerLabels(ref), annotations: releaseAnnotations(ref) },
    type: 'Opaque',
    data: encoded(keys.map((key) => [key, values[key]])),
  };
}

/** The Service of the manifests, with a selector that may be pinned to the pods of one Deployment. */
export function desiredService(
  set: ManifestSet,
  ref: ReleaseRef,
  selector: Readonly<Record<string, string>>,
  kept: Readonly<Record<string, string>>,
): Service {
  const { service } = set;
  return {
    ...service,
    metadata: {
      ...owned(service, ref, service.metadata?.name ?? ''),
      annotations: {
        ...service.metadata?.annotations,
        ...kept,
        [annotation.selector]: JSON.stringify(set.selector),
        [annotation.manifests]: set.hash,
        [annotation.run]: runOf(ref),
      },
    },
    spec: { ...service.spec, selector },
  } as Service;
}

/** Any other object of the manifests, as it is but for whose it is. */
export function desiredOther(object: KubeObject, ref: ReleaseRef): KubeObject {
  return { ...ownable(object), metadata: owned(object, ref, object.metadata?.name ?? '') };
}

/** `stringData` of a Secret is written and never kept: who owns `data` could not be told. */
function ownable({ stringData, ...object }: KubeObject): KubeObject {
  if (object.kind !== 'Secret' || typeof stringData !== 'object' || stringData === null) {
    return stringData === undefined ? object : { ...object, stringData };
  }
  return { ...object, data: { ...(object.data as object | undefined), ...encoded(Object.entries(stringData)) } };
}

function encoded(values: readonly (readonly [string, unknown])[]): Record<string, string> {
  return Object.fromEntries(values.map(([key, value]) => [key, Buffer.from(String(value)).toString('base64')]));
}

function owned(object: KubeObject, ref: ReleaseRef, name: string) {
  const { namespace: _, creationTimestamp: __, ...metadata } = object.metadata ?? {};
  return { ...metadata, name, labels: { ...metadata.labels, ...ownerLabels(ref) } };
}

function releaseAnnotations(ref: ReleaseRef): Record<string, string> {
  return {
    [annotation.release]: ref.release,
    [annotation.digest]: ref.digest,
    [annotation.run]: runOf(ref),
  };
}

/** `deployment/...` of the key: the workflow that wants it so. The key ends with `/<run>/<step>`. */
function runOf({ key }: ReleaseRef): string {
  return key.split('/').slice(0, -2).join('/');
}
