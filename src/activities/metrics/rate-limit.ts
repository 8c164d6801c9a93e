/** For a 429 that does not say how long. */
const defaultPauseSeconds = 10;

/** However long somebody asks us to wait: a wrong header must not switch the measuring off for a day. */
const maxPauseSeconds = 900;

/** Remembers, for each account of a vendor, until when it wants no requests. Other accounts and sources go on. */
export class RateLimits {
  readonly #until = new Map<string, number>();

  constructor(private readonly now: () => number) {}

  /** Seconds until the account may be asked again; 0: now. */
  waitSeconds(account: string): number {
    const leftMs = (this.#until.get(account) ?? 0) - this.now();
    if (leftMs > 0) return Math.ceil(leftMs / 1_000);
    this.#until.delete(account);
    return 0;
  }

  /** @param told what the answer says, null: nothing */
  pause(account: string, told: number | null): void {
    const seconds = Math.min(maxPauseSeconds, told ?? defaultPauseSeconds);
    this.#until.set(account, Math.max(this.#until.get(account) ?? 0, this.now() + seconds * 1_000));
  }
}

/** `Retry-After` in seconds or as a date, else Datadog's `X-RateLimit-Reset`. */
export function pauseOf(headers: Readonly<Record<string, string>>, nowMs: number): number | null {
  const text = headers['retry-after'] ?? headers['x-ratelimit-reset'];
  if (text === undefined) return null;
  const seconds = /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : (Date.parse(text) - nowMs) / 1_000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : null;
}
