import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import { LoadCounter, type LoadReport } from './report';

/** One request of a user's. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** What users ask for: the request of this number (0, 1, 2, ... over all users), so that a mix is the same in every run. */
export type TrafficMix = (index: number) => LoadRequest;

export interface LoadOptions {
  /** Where to: an address, or a function that knows it once there is one (asked again while nothing answers). */
  readonly url: string | (() => Promise<string | null>);
  readonly users: number;
  /** Between an answer and the same user's next request. */
  readonly thinkTimeMs: number;
  readonly mix: TrafficMix;
}

export interface LoadRun {
  /** The figures so far. */
  report(): LoadReport;
  /** Sends nothing more, waits for what runs, and gives the final figures. Called again it gives the same. */
  stop(): Promise<LoadReport>;
}

/** While nothing answers yet. */
const lookAgainMs = 100;
/** How long running requests may take once it was stopped; what then still runs counts neither way. */
const stopGraceMs = 5_000;

/**
 * Users in a closed loop: each sends a request, waits for the answer, thinks, and sends the next; slow answers slow them
 * down, as they do with people. Until the first answer of a release nothing counts: an address that does not exist yet
 * drops nobody.
 */
export function startLoad({ url, users, thinkTimeMs, mix }: LoadOptions): LoadRun {
  const counter = new LoadCounter();
  const stopped = new AbortController();
  const cut = new AbortController();
  // Every user listens to both.
  setMaxListeners(0, stopped.signal, cut.signal);
  const address = new Address(url, users);
  let index = 0;

  async function live(user: number): Promise<void> {
    // Spread over the first think time, so that users do not march in step.
    await pause((thinkTimeMs * user) / users);
    while (!stopped.signal.aborted) {
      const pool = await address.pool();
      const answered = pool !== null && (await ask(pool, mix(index++)));
      if (!answered) address.lookAgain();
      await pause(answered ? thinkTimeMs : Math.max(thinkTimeMs, lookAgainMs));
    }
  }

  /** Answers whether it reached a release. */
  async function ask(pool: Pool, request: LoadRequest): Promise<boolean> {
    const startedAt = performance.now();
    try {
      const { statusCode, headers, body } = await pool.request({
        method: request.method,
        path: request.path,
        signal: cut.signal,
        ...(request.body === undefined
          ? {}
          : { body: JSON.stringify(request.body), headers: { 'content-type': 'application/json' } }),
      });
      await body.dump();
      return counter.answered(statusCode, headers, performance.now() - startedAt);
    } catch (error) {
      if (!cut.signal.aborted) counter.broken(error instanceof Error ? error.message : String(error));
      return false;
    }
  }

  async function pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: stopped.signal }).catch(() => undefined);
  }

  const lives = Promise.all(Array.from({ length: users }, (_, user) => live(user)));
  let ended: Promise<LoadReport> | null = null;

  async function end(): Promise<LoadReport> {
    stopped.abort();
    const grace = setTimeout(() => cut.abort(), stopGraceMs);
    await lives;
    clearTimeout(grace);
    await address.close();
    return counter.report();
  }

  return {
    report: () => counter.report(),
    stop: () => {
      ended ??= end();
      return ended;
    },
  };
}

/** The connections to where the app is now. */
class Address {
  private current: { readonly origin: string; readonly pool: Pool } | null = null;
  private looking: Promise<void> | null = null;
  private stale = true;

  constructor(
    private readonly url: LoadOptions['url'],
    private readonly connections: number,
  ) {}

  async pool(): Promise<Pool | null> {
    if (this.stale) {
      this.looking ??= this.look().finally(() => {
        this.looking = null;
      });
      await this.looking;
    }
    return this.current?.pool ?? null;
  }

  lookAgain(): void {
    this.stale = true;
  }

  async close(): Promise<void> {
    await this.current?.pool.close();
  }

  private async look(): Promise<void> {
    // Whoever knows the address may be down for a while, too: then the last one known is tried.
    const url = typeof this.url === 'string' ? this.url : await this.url().catch(() => null);
    this.stale = false;
    const origin = url === null ? this.current?.origin : new URL(url).origin;
    if (origin === undefined || origin === this.current?.origin) return;
    const old = this.current?.pool;
    this.current = { origin, pool: new Pool(origin, { connections: this.connections }) };
    void old?.close();
  }
}
