import type { FieldChange } from '../../../../contracts/cluster-changes';
import type { KubeObject } from '../api';
import { annotation, label } from '../names';

type Fields = Readonly<Record<string, unknown>>;

/** What the server keeps about every object, and the name, which is told beside it. */
const serversOwn: ReadonlySet<string> = new Set([
  'name',
  'managedFields',
  'resourceVersion',
  'uid',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'selfLink',
  'namespace',
  'ownerReferences',
]);

/** Notes: ours, which follow from what is shown, and those of others, which repeat it (and the values of secrets). */
const notes: ReadonlySet<string> = new Set([
  annotation.adoptedFrom,
  annotation.content,
  annotation.digest,
  annotation.manifests,
  annotation.previous,
  annotation.run,
  annotation.selector,
  'deployment.kubernetes.io/revision',
  'kubectl.kubernetes.io/last-applied-configuration',
]);

export const hidden = '(hidden)';

/** An object without its name, and without what no person has written: status, the server's own fields, notes. */
export function readable({ apiVersion: _, kind: __, status: ___, metadata, ...rest }: KubeObject): Fields {
  const kept = Object.entries(metadata ?? {}).filter(([name]) => !serversOwn.has(name));
  const annotations = Object.entries(metadata?.annotations ?? {}).filter(([name]) => !notes.has(name));
  return {
    ...rest,
    metadata: {
      ...Object.fromEntries(kept.filter(([name]) => name !== 'annotations')),
      ...(annotations.length === 0 ? {} : { annotations: Object.fromEntries(annotations) }),
    },
  };
}

/** A Deployment without what tells it from those of other releases of the same app. */
export function ofAnyRelease(deployment: KubeObject): Fields {
  const own: ReadonlySet<string> = new Set([label.workload, label.release, annotation.release, annotation.replicas]);
  const strip = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(strip);
    if (typeof value !== 'object' || value === null) return value;
    const kept = Object.entries(value).filter(([name]) => !own.has(name));
    return Object.fromEntries(kept.map(([name, below]) => [name, strip(below)]));
  };
  return strip(readable(deployment)) as Fields;
}

/** That a value of a Secret is another one is all that is told of it. */
export function withoutSecrets(kind: string, changes: readonly FieldChange[]): readonly FieldChange[] {
  if (kind !== 'Secret') return changes;
  const hide = (value: FieldChange['before']) => (value === null ? null : hidden);
  return changes.map((change) =>
    /^(data|stringData)\b/.test(change.path)
      ? { ...change, before: hide(change.before), after: hide(change.after) }
      : change,
  );
}
