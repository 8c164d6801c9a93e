import { type Dispatcher, Pool } from 'undici';
import type { SyntheticTraffic as Settings } from '../../activities/deploy/local-protocol';

/** Marks a request as ours: the proxy does not count it as a user's, and an app can leave it out of its figures. */
export const syntheticHeader = 'x-f0-synthetic';
/** An app that answers slowly gets no more of them at once than this. */
const maxRunning = 64;

/**
 * Requests of our own, where users send fewer a second than the app's manifest asks for: a gate needs something to
 * measure. They go through the proxy, so they follow the weights as users do.
 */
export class SyntheticRequests {
  private settings: Settings | null = null;
  private timer: NodeJS.Timeout | null = null;
  private pool: Pool | null = null;
  private poolOrigin: string | null = null;
  private userAsked = false;
  private running = 0;
  private index = 0;

  /** @param address where the proxy is; null while nothing serves */
  constructor(private readonly address: () => string | null) {}

  configure(settings: Settings | null): void {
    if (JSON.stringify(settings) === JSON.stringify(this.settings)) return;
    this.settings = settings;
    if (this.timer) clearInterval(this.timer);
    this.timer = settings ? setInterval(() => this.tick(settings), 1000 / settings.perSecond) : null;
    this.timer?.unref();
  }

  /** A user's request takes the place of the next one of ours. */
  noteUser(): void {
    this.userAsked = true;
  }

  async stop(): Promise<void> {
    this.configure(null);
    await this.pool?.destroy();
    this.pool = null;
    this.poolOrigin = null;
  }

  private tick({ paths }: Settings): void {
    const origin = this.address();
    const skip = this.userAsked || origin === null || this.running >= maxRunning;
    this.userAsked = false;
    if (skip) return;
    const path = paths[this.index++ % paths.length] ?? '/';
    void this.send(this.poolFor(origin), path);
  }

  /** What it answers shows in the app's own metrics, which is all that it is for. */
  private async send(dispatcher: Dispatcher, path: string): Promise<void> {
    this.running += 1;
    try {
      const { body } = await dispatcher.request({ method: 'GET', path, headers: { [syntheticHeader]: '1' } });
      await body.dump();
    } catch {
      // The next one shows whether it serves again.
    } finally {
      this.running -= 1;
    }
  }

  private poolFor(origin: string): Pool {
    if (this.pool && this.poolOrigin === origin) return this.pool;
    void this.pool?.close();
    this.poolOrigin = origin;
    this.pool = new Pool(origin, { connections: maxRunning });
    return this.pool;
  }
}
