import { stopClusterAgent } from './cluster';
import type { Home } from './home';
import { ownerOf, releaseHome } from './owner';
import { isAlive, signalProcess } from './process-identity';
import { removeSystemState } from './system-state';
import { stopLeftTemporal } from './temporal/server';
import { waitFor } from './wait';

/** Workers drain, replicas take their drain time: a clean end may take as long as this. */
const patienceMs = 90_000;

/**
 * Stops the system of this home: the running one in order, and whatever a killed one left behind. All state stays.
 * Answers what was stopped; empty when nothing ran.
 */
export async function stopSystem(home: Home): Promise<readonly string[]> {
  const stopped: string[] = [];
  const owner = ownerOf(home);
  if (owner && owner.pid !== process.pid) {
    signalProcess(owner, 'SIGTERM');
    const gone = await waitFor(() => (isAlive(owner) ? null : true), { timeoutMs: patienceMs });
    if (!gone) signalProcess(owner, 'SIGKILL');
    stopped.push(`the system (process ${owner.pid}${gone ? '' : ', killed: it did not end by itself'})`);
  }
  await stopClusterAgent({ home: home.root });
  if (await stopLeftTemporal(home)) stopped.push('the Temporal server that was left behind');
  removeSystemState(home);
  releaseHome(home);
  return stopped;
}
