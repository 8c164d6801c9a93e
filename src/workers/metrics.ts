import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { fetch } from 'undici';

/** Scrapers wait 10 s by default; the SDK's part comes from this same process. */
const sdkPatienceMs = 3000;

export interface MetricParts {
  readonly isReady: () => Promise<boolean>;
  readonly isDraining: () => boolean;
  /** Numbers of the observer by name; null: this process observes nothing. */
  readonly observerStats: () => Readonly<Record<string, unknown>> | null;
  readonly sdkMetricsUrl: string | null;
}

/** Everything a scrape of `/metrics` gets: ours and Node's, then the SDK's own (`temporal_*`). */
export function createMetrics(parts: MetricParts): { scrape(): Promise<string>; readonly contentType: string } {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  gauge(registry, 'f0_worker_ready', 'whether the process can do its work: 1 or 0', async () =>
    Number(await parts.isReady()),
  );
  gauge(registry, 'f0_worker_draining', 'whether the process is shutting down: 1 or 0', async () =>
    Number(parts.isDraining()),
  );
  new Gauge({
    name: 'f0_observer',
    help: 'the observer of analyses, by figure',
    labelNames: ['figure'],
    registers: [registry],
    collect() {
      for (const [figure, value] of Object.entries(parts.observerStats() ?? {})) {
        if (typeof value === 'number') this.set({ figure }, value);
      }
    },
  });
  return {
    contentType: registry.contentType,
    scrape: async () => `${await registry.metrics()}\n${await sdkMetrics(parts.sdkMetricsUrl)}`,
  };
}

function gauge(registry: Registry, name: string, help: string, read: () => Promise<number>): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      this.set(await read());
    },
  });
}

async function sdkMetrics(url: string | null): Promise<string> {
  if (url === null) return '';
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(sdkPatienceMs) });
    return answer.ok ? await answer.text() : '';
  } catch {
    // Ours are worth having alone; the scrape shows that the others are missing.
    return '# the metrics of the Temporal SDK could not be read\n';
  }
}
