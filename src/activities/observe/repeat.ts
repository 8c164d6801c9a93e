import type { Clock } from '../metrics';

/** Does `work` every `ms`, never twice at once; the answer ends it, after the one that runs. `work` does not throw. */
export function repeat(clock: Clock, ms: number, work: () => Promise<void>): () => Promise<void> {
  let ended = false;
  let running: Promise<void> = Promise.resolve();
  let cancel = schedule();

  function schedule(): () => void {
    return clock.after(ms, () => {
      running = work().then(() => {
        if (!ended) cancel = schedule();
      });
    });
  }

  return () => {
    ended = true;
    cancel();
    return running;
  };
}

/** Waits on the given clock. */
export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}
