import type { PathSegment } from './diagnostic';
import { oneOf } from './findings';
import { nearestName } from './nearest-name';
import type { EnvironmentSpec } from './schema/production-workflow';
import type { Fault } from './source-map';

type Path = readonly PathSegment[];

/** Where an environment deploys: one cluster, or regions of which each has its own and its place in one wave. */
export function regionFaults(environment: EnvironmentSpec, path: Path): Fault[] {
  const { cluster, regions, waves } = environment;
  if (regions === undefined) return withoutRegions(environment, path);
  const faults: Fault[] = [];
  if (cluster !== undefined) {
    const message = 'cluster and regions contradict each other';
    faults.push({ path: [...path, 'regions'], message, expected: 'one of the two', atKey: true });
  }
  if (Object.keys(regions).length === 0) {
    const expected = 'at least one, such as eu-west: { cluster: NAME }';
    faults.push({ path: [...path, 'regions'], message: 'there is no region', expected, shape: true });
  }
  return [...faults, ...sharedClusters(regions, path), ...(waves ? waveFaults(waves, Object.keys(regions), path) : [])];
}

function withoutRegions(environment: EnvironmentSpec, path: Path): Fault[] {
  const faults: Fault[] = [];
  if (environment.cluster === undefined) {
    const expected = 'a cluster of the platform, or regions that have one each';
    faults.push({ path: [...path, 'cluster'], message: 'cluster is missing', expected, shape: true });
  }
  for (const field of ['waves', 'on_unreachable', 'unreachable_after'] as const) {
    if (environment[field] === undefined) continue;
    const message = `${field} has a meaning only where there are regions`;
    faults.push({ path: [...path, field], message, expected: 'regions beside it', atKey: true, shape: true });
  }
  return faults;
}

/** In one cluster an app of an environment is one thing: two regions there would take each other's traffic. */
function sharedClusters(regions: NonNullable<EnvironmentSpec['regions']>, path: Path): Fault[] {
  const owners = new Map<string, string>();
  return Object.entries(regions).flatMap(([name, { cluster }]) => {
    const owner = owners.get(cluster);
    owners.set(cluster, owner ?? name);
    if (owner === undefined) return [];
    const message = `cluster "${cluster}" is that of region "${owner}" already`;
    return [{ path: [...path, 'regions', name, 'cluster'], message, expected: 'a cluster that no other region has' }];
  });
}

function waveFaults(waves: NonNullable<EnvironmentSpec['waves']>, names: readonly string[], path: Path): Fault[] {
  const waveOf = new Map<string, number>();
  const faults = waves.flatMap(({ regions }, wave) =>
    regions.flatMap((name, index): Fault[] => {
      const place = [...path, 'waves', wave, 'regions', index];
      if (!names.includes(name)) {
        const expected = oneOf(names, 'a region of the environment, which has none');
        return [
          { path: place, message: `there is no region "${name}"`, expected, suggestion: nearestName(name, names) },
        ];
      }
      const before = waveOf.get(name);
      waveOf.set(name, before ?? wave);
      if (before === undefined) return [];
      const message = `region "${name}" is in wave ${before + 1} already`;
      return [{ path: place, message, expected: 'each region once' }];
    }),
  );
  // A name that is almost right is told where it stands, and means its region.
  const meant = new Set(waves.flatMap(({ regions }) => regions.map((name) => nearestName(name, names))));
  const left = names.filter((name) => !waveOf.has(name) && !meant.has(name));
  return [
    ...faults,
    ...left.map((name) => ({
      path: [...path, 'regions', name],
      message: `region "${name}" is in no wave, and would never get a release`,
      expected: 'each region in one wave',
      atKey: true,
      shape: true,
    })),
  ];
}
