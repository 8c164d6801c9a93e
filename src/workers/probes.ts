import type { Registry } from 'prom-client';
import type { WorkerConfig } from './config';
import { json, serve } from './http';
import { createMetrics } from './metrics';
import type { Readiness } from './readiness';

export interface ProbeParts {
  readonly config: WorkerConfig;
  readonly readiness: () => Promise<Readiness>;
  readonly isDraining: () => boolean;
  readonly registry: Registry;
  readonly observerStats: () => Readonly<Record<string, unknown>> | null;
  readonly sdkMetricsUrl: string | null;
}

export interface Probes {
  readonly healthUrl: string | null;
  readonly metricsUrl: string | null;
  close(): Promise<void>;
}

/**
 * `/health`: the process answers, restart it if not. `/ready`: it can do its work now, 200 or 503 with what is wrong.
 * `/metrics`, on a port of its own so that it can be kept from whoever may probe.
 */
export async function startProbes(parts: ProbeParts): Promise<Probes> {
  const { config, readiness, isDraining } = parts;
  const health =
    config.health &&
    (await serve(config.health, 'health', {
      '/health': async () => json(200, { status: 'ok', draining: isDraining() }),
      '/ready': async () => {
        const state = await readiness();
        return json(state.ready ? 200 : 503, state);
      },
    }));
  const metrics = createMetrics({ ...parts, isReady: async () => (await readiness()).ready });
  try {
    const scraped =
      config.metrics &&
      (await serve(config.metrics, 'metrics', {
        '/metrics': async () => ({ status: 200, type: metrics.contentType, body: await metrics.scrape() }),
      }));
    return {
      healthUrl: health?.url ?? null,
      metricsUrl: scraped && `${scraped.url}/metrics`,
      close: async () => {
        await Promise.all([health?.close(), scraped?.close()]);
      },
    };
  } catch (error) {
    await health?.close();
    throw error;
  }
}
