import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again until the answer is something, for at most `timeoutMs`; null when the time is over. */
export async function waitFor<T>(
  question: () => Promise<T | null> | T | null,
  { timeoutMs, intervalMs = 50, signal }: { timeoutMs: number; intervalMs?: number; signal?: AbortSignal },
): Promise<T | null> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await question();
    if (answer !== null || Date.now() >= deadline || signal?.aborted) return answer;
    await sleep(intervalMs, undefined, signal ? { signal } : {}).catch(() => undefined);
  }
}
