import type { KubeObject, KubernetesApi, ObjectKey } from './api';
import type { ApiError } from './api-errors';
import { Owners } from './changes/owners';
import { annotation, fieldManager } from './names';

/**
 * Says on an object of somebody else's who has written it until now: what they own is no drift, and no conflict. Answers
 * with it as it was; null: there is no such object.
 */
export async function takeOver(api: KubernetesApi, key: ObjectKey): Promise<KubeObject | null> {
  // Read anew: the watches do not keep who has written what.
  const before = await api.get(key);
  if (!before || wasTakenOver(before)) return before;
  // By a patch, because what is in no apply is taken back by no apply.
  const annotations = { [annotation.adoptedFrom]: new Owners(before.metadata).others };
  await api.patch(key, { metadata: { annotations } });
  return before;
}

/**
 * Whether all who own the fields of a conflict are us (patches of ours are another manager to the server than applies of
 * ours), or those whom we took the object over from, who have left it alone since.
 */
export async function isOurChange(api: KubernetesApi, key: ObjectKey, { owners }: ApiError): Promise<boolean> {
  const others = owners.filter(({ manager }) => manager !== fieldManager);
  if (others.length === 0) return owners.length > 0;
  const live = await api.get(key);
  if (!live || !wasTakenOver(live)) return false;
  const foreign = new Set(new Owners(live.metadata).foreign.map(({ manager }) => manager));
  return others.every(({ manager }) => !foreign.has(manager));
}

function wasTakenOver({ metadata }: KubeObject): boolean {
  return annotation.adoptedFrom in (metadata?.annotations ?? {});
}
