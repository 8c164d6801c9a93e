import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks again until the answer is neither false, null nor undefined; an answer that throws counts as none yet.
 * Throws, with the last error as its cause, when there was none in time.
 */
export async function waitFor<T>(
  what: string,
  ask: () => Promise<T> | T,
  { timeoutMs = 20_000, everyMs = 25 }: { readonly timeoutMs?: number; readonly everyMs?: number } = {},
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = Date.now() + timeoutMs;
  let cause: unknown;
  while (Date.now() < deadline) {
    try {
      const answer = await ask();
      if (answer !== false && answer !== null && answer !== undefined) {
        return answer as Exclude<T, false | null | undefined>;
      }
    } catch (error) {
      cause = error;
    }
    await delay(everyMs);
  }
  throw new Error(`waited ${timeoutMs} ms in vain for: ${what}`, { cause });
}

/** Looks again until what is seen is as wanted, and answers with it; throws, with what it saw last, after `limitMs`. */
export async function until<T>(look: () => Promise<T> | T, wanted: (seen: T) => boolean, limitMs = 60_000): Promise<T> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const seen = await look();
    if (wanted(seen)) return seen;
    if (performance.now() > deadline) throw new Error(`not so after ${limitMs} ms: ${JSON.stringify(seen, null, 2)}`);
    await delay(50);
  }
}
