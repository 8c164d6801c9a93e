import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';
import { fetch } from 'undici';
import { ourMetrics } from './metric-catalogue';

/** Scrapers wait 10 s by default; the SDK's part comes from this same process. */
const sdkPatienceMs = 3000;

export interface MetricParts {
  /** Where the product's own metrics are. */
  readonly registry: Registry;
  readonly isReady: () => Promise<boolean>;
  readonly isDraining: () => boolean;
  /** Numbers of the observer by name; null: this process observes nothing. */
  readonly observerStats: () => Readonly<Record<string, unknown>> | null;
  readonly sdkMetricsUrl: string | null;
}

/** Everything a scrape of `/metrics` gets: ours and Node's, then the SDK's own (`temporal_*`). */
export function createMetrics(parts: MetricParts): { scrape(): Promise<string>; readonly contentType: string } {
  const { registry } = parts;
  collectDefaultMetrics({ register: registry });
  gauge(registry, 'f0_worker_ready', async (ready) => ready.set(Number(await parts.isReady())));
  gauge(registry, 'f0_worker_draining', (draining) => draining.set(Number(parts.isDraining())));
  gauge(registry, 'f0_observer', (observer) => {
    for (const [figure, value] of Object.entries(parts.observerStats() ?? {})) {
      if (typeof value === 'number') observer.set({ figure }, value);
    }
  });
  return {
    contentType: registry.contentType,
    scrape: async () => `${await registry.metrics()}\n${await sdkMetrics(parts.sdkMetricsUrl)}`,
  };
}

type OurGauge = 'f0_worker_ready' | 'f0_worker_draining' | 'f0_observer';

function gauge(registry: Registry, name: OurGauge, read: (gauge: Gauge) => void | Promise<void>): void {
  const { help, labels } = ourMetrics[name];
  new Gauge({
    name,
    help,
    labelNames: [...labels],
    registers: [registry],
    collect() {
      return read(this);
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
