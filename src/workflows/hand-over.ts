import type { RegionServing, ReleaseEnvironmentInput } from '../contracts/messages';
import type { DeployedRelease } from '../contracts/status';
import type { Place } from './place';

/** What serves in a place that a deployment changed. */
export interface Served {
  readonly place: Place;
  readonly serving: DeployedRelease | null;
}

/** What the environment shall remember: one release, or one a region. Places that are left out stay as they were. */
export function handOver(served: readonly Served[]): Pick<ReleaseEnvironmentInput, 'serving' | 'regions'> {
  const regions = served.flatMap(({ place, serving }): RegionServing[] => {
    const { region, inherited } = place;
    if (region === null) return [];
    // What a region took over from the time before the regions comes first, so that a later rollback finds it.
    return [...(inherited ? [{ region, serving: inherited }] : []), { region, serving }];
  });
  const [only] = served;
  return regions.length > 0 ? { serving: null, regions } : { serving: only?.serving ?? null };
}
