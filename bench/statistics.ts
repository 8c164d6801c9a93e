/** The p-quantile of some milliseconds, by nearest rank; NaN for none. */
export function quantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN;
}

export interface Latency {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export function latencyOf(millis: readonly number[]): Latency {
  return { p50: quantile(millis, 0.5), p95: quantile(millis, 0.95), p99: quantile(millis, 0.99) };
}

/** Runs the jobs with a bound on how many are under way at once; after the first that fails, no other begins. */
export async function bounded<T>(jobs: readonly T[], width: number, run: (job: T) => Promise<unknown>): Promise<void> {
  const queue = [...jobs];
  const lane = async () => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) await run(job);
  };
  const lanes = await Promise.allSettled(
    Array.from({ length: width }, () =>
      lane().catch((error: unknown) => {
        queue.length = 0;
        throw error;
      }),
    ),
  );
  const failed = lanes.find((settled) => settled.status === 'rejected');
  if (failed) throw failed.reason;
}

/** Starts the jobs evenly at a rate (jobs a second) and resolves when all have ended: an open loop, so queues show. */
export async function paced<T>(jobs: readonly T[], rate: number, run: (job: T) => Promise<unknown>): Promise<void> {
  const began = performance.now();
  const running: Promise<unknown>[] = [];
  for (const [index, job] of jobs.entries()) {
    const due = began + (index / rate) * 1000;
    const wait = due - performance.now();
    if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
    running.push(run(job));
  }
  await Promise.all(running);
}
