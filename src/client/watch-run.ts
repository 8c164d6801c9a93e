import { setTimeout as sleep } from 'node:timers/promises';
import { isFinal } from '../contracts/phases';
import { NotReachable } from './errors';
import type { RunStatus, WatchOptions } from './types';

/**
 * Every change of a run's status, the present one first, until the run has ended. Rides out an absence of Temporal or
 * of its workers up to `patienceMs`; throws `NotReachable` after that.
 */
export async function* watchRun(
  look: () => Promise<RunStatus>,
  { intervalMs = 500, patienceMs = 120_000, signal, onInterruption }: WatchOptions = {},
): AsyncGenerator<RunStatus, void, void> {
  let last = '';
  let awaySince: number | null = null;
  while (!signal?.aborted) {
    const status = await lookOnce(look, (reason) => {
      awaySince ??= Date.now();
      if (Date.now() - awaySince > patienceMs) throw reason;
      onInterruption?.(reason.message);
    });
    if (status) {
      if (awaySince !== null) onInterruption?.(null);
      awaySince = null;
      const seen = JSON.stringify(status);
      if (seen !== last) yield status;
      last = seen;
      if (isFinal(status.phase)) return;
    }
    await sleep(intervalMs, undefined, signal ? { signal } : {}).catch(() => undefined);
  }
}

async function lookOnce(
  look: () => Promise<RunStatus>,
  onAway: (reason: NotReachable) => void,
): Promise<RunStatus | null> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof NotReachable)) throw error;
    onAway(error);
    return null;
  }
}
