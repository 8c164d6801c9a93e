/** Time, so that a test can have its own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `work` once after `ms`; the answer takes it back. Keeps no process alive. */
  after(ms: number, work: () => void): () => void;
}

/**
 * Begins at the time of day and runs evenly from then on: whoever sets the machine's clock makes no soak shorter or longer.
 */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after: (ms, work) => {
    const timer = setTimeout(work, ms).unref();
    return () => clearTimeout(timer);
  },
};
