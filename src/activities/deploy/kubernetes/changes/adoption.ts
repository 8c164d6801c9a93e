import type { Adoption } from '../../../../contracts/cluster-changes';
import { type KubeObject, keyOf } from '../api';
import { Owners } from './owners';
import { isAtOrBelow } from './paths';

/** What others owned of an object that is ours now. */
export function adoption(before: KubeObject, after: KubeObject): Adoption {
  const ours = new Owners(after.metadata).writers.filter(({ isOurs }) => isOurs).flatMap(({ paths }) => paths);
  const from = new Map<string, Set<string>>();
  for (const { manager, isOurs, paths } of new Owners(before.metadata).writers) {
    const taken = isOurs ? [] : paths.filter((path) => ours.some((own) => isAtOrBelow(own, path)));
    if (taken.length > 0) from.set(manager, new Set([...(from.get(manager) ?? []), ...taken]));
  }
  return { ...keyOf(before), from: [...from].map(([manager, fields]) => ({ manager, fields: [...fields].sort() })) };
}
