import type { FieldDrift } from '../../../../contracts/cluster-changes';
import type { KubeObject } from '../api';
import { diff, leaves } from './diff';
import { Owners, toldWriter, type Writer } from './owners';
import { readable, withoutSecrets } from './readable';

type Found = Omit<FieldDrift, 'healed'>;

/**
 * What of an object is not as the release has it: `expected` is what the server would make of it if the release were
 * applied anew. What we have written ourselves since (replicas in the course of a canary, weights of a route) is no drift.
 */
export function fieldDrift(live: KubeObject, expected: KubeObject): readonly Found[] {
  const owners = new Owners(live.metadata);
  const listKeys = new Map([...new Owners(expected.metadata).listKeys, ...owners.listKeys]);
  const [lastForeign] = owners.foreign;
  const own = withoutSecrets(live.kind ?? '', diff(readable(live), readable(expected), listKeys))
    .filter(({ path }) => !owners.of(path).some(({ isOurs }) => isOurs))
    .map(({ path, before, after }): Found => {
      const by: Writer | undefined = owners.of(path)[0] ?? lastForeign;
      return { path, expected: after, found: before, by: by ? toldWriter(by) : null, owned: true };
    });
  const known = new Set(own.map(({ path }) => path));
  return [...own, ...foreignFields(live).filter(({ path }) => !known.has(path))];
}

/** What others have set, and that nobody but them owns; what was so when we took the object over is not among it. */
export function foreignFields(live: KubeObject): readonly Found[] {
  const owners = new Owners(live.metadata);
  const foreign = new Set(owners.foreign);
  const fields = diff({}, readable(live), owners.listKeys).flatMap(({ path }) => {
    const all = owners.of(path);
    const [by] = all;
    return by && all.every((one) => foreign.has(one)) && !isNote(path, live.kind) ? [{ path, by }] : [];
  });
  const found = leaves(readable(live), owners.listKeys);
  const told = withoutSecrets(
    live.kind ?? '',
    fields.map(({ path }) => ({ path, change: 'added', before: null, after: found.get(path) ?? null })),
  );
  return told.map(({ path, after }, index) => {
    const by = fields[index]?.by;
    return { path, expected: null, found: after, by: by ? toldWriter(by) : null, owned: false };
  });
}

/** Controllers of clouds and add-ons keep notes on what they look after; of an Ingress they are settings. */
function isNote(path: string, kind: string | undefined): boolean {
  return path.startsWith('metadata.finalizers') || (path.startsWith('metadata.annotations') && kind !== 'Ingress');
}
