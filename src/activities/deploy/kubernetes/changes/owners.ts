import type { V1ObjectMeta } from '@kubernetes/client-node';
import type { FieldWriter } from '../../../../contracts/cluster-changes';
import { annotation, fieldManager } from '../names';
import { isAtOrBelow, ownedFields } from './paths';

/** Controllers of Kubernetes: they write what follows from what others have asked for, and HPAs scale by them. */
const controllers: ReadonlySet<string> = new Set(['kube-controller-manager', 'cloud-controller-manager']);

export interface Writer extends FieldWriter {
  readonly isOurs: boolean;
  readonly paths: readonly string[];
}

/** Who has written what of an object, from its `managedFields`. */
export class Owners {
  /** People and their tools, and us; without controllers, and without what is said of the status. */
  readonly writers: readonly Writer[];
  readonly listKeys: ReadonlyMap<string, readonly string[]>;

  constructor(private readonly metadata: V1ObjectMeta | undefined) {
    const entries = (metadata?.managedFields ?? []).map((entry) => ({
      entry,
      fields: ownedFields(entry.fieldsV1 ?? {}),
    }));
    this.listKeys = new Map(entries.flatMap(({ fields }) => [...fields.listKeys]));
    this.writers = entries
      .filter(({ entry }) => entry.subresource !== 'status' && !controllers.has(entry.manager ?? ''))
      .map(({ entry, fields }) => ({
        manager: entry.manager ?? 'unknown',
        subresource: entry.subresource || null,
        at: entry.time === undefined ? null : new Date(entry.time).toISOString(),
        isOurs: entry.manager === fieldManager,
        paths: fields.paths,
      }));
  }

  /** Who owns a field, the last one first; a list or map that is owned as one counts for all that is in it. */
  of(path: string): readonly Writer[] {
    return this.writers.filter(({ paths }) => paths.some((owned) => isAtOrBelow(path, owned))).sort(byTime);
  }

  /** The others, but for what they had written before we took the object over; the last one first. */
  get foreign(): readonly Writer[] {
    const before = this.metadata?.annotations?.[annotation.adoptedFrom];
    const known = new Map(Object.entries(before === undefined ? {} : (JSON.parse(before) as Record<string, string>)));
    const isNew = (writer: Writer) =>
      (writer.at ?? '') > (known.get(nameOf(writer)) ?? '') || !known.has(nameOf(writer));
    return this.writers.filter((writer) => !writer.isOurs && isNew(writer)).sort(byTime);
  }

  /** Who has written until now, for the annotation that says so when we take the object over. */
  get others(): string {
    const times = this.writers
      .filter(({ isOurs }) => !isOurs)
      .sort(byTime)
      .reverse()
      .map((writer) => [nameOf(writer), writer.at ?? '']);
    return JSON.stringify(Object.fromEntries(times));
  }
}

function nameOf({ manager, subresource }: Writer): string {
  return subresource === null ? manager : `${manager}/${subresource}`;
}

export function toldWriter({ manager, subresource, at }: Writer): FieldWriter {
  return { manager, subresource, at };
}

function byTime(a: Writer, b: Writer): number {
  return (b.at ?? '').localeCompare(a.at ?? '');
}
