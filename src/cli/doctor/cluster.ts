import { homeOf } from '../../embedded/home';
import { runningSystem } from '../../embedded/system-state';
import { type Check, fine, warning } from './check';

export const cluster: Check = async ({ io, homeOption }) => {
  const system = runningSystem(homeOf(io.env, homeOption));
  if (!system) return fine('cluster', 'the local cluster starts with `f0 up`');
  const answer = await fetch(system.cluster.url, { signal: AbortSignal.timeout(3_000) }).catch(() => null);
  if (answer !== null)
    return fine('cluster', `its agent answers at ${system.cluster.url} (process ${system.cluster.pid})`);
  return warning(
    'cluster',
    `its agent does not answer at ${system.cluster.url}`,
    'run `f0 down` and `f0 up`: replicas are started again',
  );
};
