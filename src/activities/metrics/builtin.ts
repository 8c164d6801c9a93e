import { Agent, type Dispatcher, request } from 'undici';
import type { MetricEndpoint } from '../../contracts/activities';
import type { AppMetrics, MetricTarget } from '../../definition/release-plan';
import { type Clock, systemClock } from './clock';
import type { MetricSource } from './port';
import { ReleaseScraper } from './release-scraper';
import { failedReadings } from './unknown';

export interface BuiltinOptions {
  /** Where the replicas of a release serve their metrics now; comes from the deploy target. */
  readonly endpoints: (target: MetricTarget) => Promise<readonly MetricEndpoint[]>;
  /** @default the system's */
  readonly clock?: Clock;
  /** For one replica's answer. @default 2 */
  readonly timeoutSeconds?: number;
  /** Of one replica's answer. @default 4 MiB */
  readonly maxBytes?: number;
}

/** A release nobody has asked about for this long is forgotten. */
const idleSeconds = 600;

/** Between two scrapes of a release that is watched by nobody at the moment. */
const idleIntervalSeconds = 2;

/** Environments whose stable release is kept; the one that was deployed to longest ago gives way. */
const maxKept = 1_000;

/**
 * The built-in analytics: scrapes the app's own Prometheus endpoint of every replica, and keeps a bounded window of each
 * release in memory. One scrape serves all who ask within half an interval.
 */
export function createBuiltinSource(options: BuiltinOptions): MetricSource {
  const { endpoints, clock = systemClock, timeoutSeconds = 2, maxBytes = 4 * 1024 * 1024 } = options;
  const agent = new Agent({ maxResponseSize: maxBytes, connect: { timeout: timeoutSeconds * 1_000 } });
  const fetchText = (url: string) => getText(agent, url, timeoutSeconds);
  const scrapers = new Map<string, ReleaseScraper>();
  /** By app and environment: the release that serves there. */
  const kept = new Map<string, string>();
  let cancelTick: (() => void) | null = null;

  const scraperOf = (target: MetricTarget, metrics: AppMetrics): ReleaseScraper => {
    const key = releaseKey(target);
    const scraper =
      scrapers.get(key) ?? new ReleaseScraper({ metrics, clock, fetchText, endpoints: () => endpoints(target) });
    scrapers.set(key, scraper);
    scraper.touch();
    cancelTick ??= clock.after(idleIntervalSeconds * 1_000, tick);
    return scraper;
  };

  /** Keeps the windows of releases filled that nobody reads at the moment, and forgets those that nobody needs. */
  const tick = () => {
    cancelTick = null;
    const needed = new Set(kept.values());
    for (const [key, scraper] of scrapers) {
      if (!needed.has(key) && scraper.idleMs() > idleSeconds * 1_000) scrapers.delete(key);
      else void scraper.scrape(idleIntervalSeconds);
    }
    if (scrapers.size > 0) cancelTick = clock.after(idleIntervalSeconds * 1_000, tick);
  };

  const warm = (target: MetricTarget) => {
    if (target.appMetrics !== null) void scraperOf(target, target.appMetrics).scrape(idleIntervalSeconds);
  };

  return {
    read: async ({ target, needed, intervalSeconds }) => {
      if (target.appMetrics === null)
        return failedReadings(needed, `${target.app} serves no metrics (f0.app.yaml names none)`);
      const scraper = scraperOf(target, target.appMetrics);
      await scraper.scrape(intervalSeconds);
      return scraper.read(needed);
    },
    history: async ({ target, ...span }) => scrapers.get(releaseKey(target))?.history(span) ?? [],
    warm,
    keep: (target) => {
      const place = placeKey(target);
      // Deleted first, so that the order of the map is the order of deployments.
      kept.delete(place);
      kept.set(place, releaseKey(target));
      const oldest = kept.keys().next();
      if (kept.size > maxKept && !oldest.done) kept.delete(oldest.value);
      warm(target);
    },
    stop: () => {
      cancelTick?.();
      cancelTick = null;
      scrapers.clear();
      kept.clear();
    },
  };
}

function placeKey({ cluster, namespace, environment, region, app }: MetricTarget): string {
  return JSON.stringify([cluster.name, namespace, environment, region, app]);
}

function releaseKey(target: MetricTarget): string {
  return JSON.stringify([placeKey(target), target.release, target.appMetrics]);
}

/** Thrown when it does not answer with a 2xx status in time and size. */
async function getText(dispatcher: Dispatcher, url: string, timeoutSeconds: number): Promise<string> {
  const signal = AbortSignal.timeout(timeoutSeconds * 1_000);
  const { statusCode, body } = await request(url, {
    dispatcher,
    signal,
    headers: { accept: 'text/plain;version=0.0.4' },
  });
  if (statusCode >= 200 && statusCode < 300) return body.text();
  await body.dump();
  throw new Error(`it answered with status ${statusCode}`);
}
