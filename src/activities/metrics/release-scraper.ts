import {
  type BaselineReading,
  type BuiltinMetric,
  builtinMetrics,
  type MetricReading,
  type NeededReading,
  ReleaseSeries,
} from '../../analytics';
import type { MetricEndpoint } from '../../contracts/activities';
import type { AppMetrics } from '../../definition/release-plan';
import type { Clock } from './clock';
import type { HistoryRequest } from './port';
import { failedReadings, reasonOf } from './unknown';

export interface ReleaseScraperOptions {
  readonly metrics: AppMetrics;
  readonly clock: Clock;
  readonly endpoints: () => Promise<readonly MetricEndpoint[]>;
  readonly fetchText: (url: string) => Promise<string>;
}

/** Enough for five minutes of baseline before a shift beside the usual windows. */
const retainSeconds = 600;

/** Points of the past that one watch is given: the judge asks for 50 a side. */
const maxHistoryPoints = 300;

/** One release: its replicas are scraped together, and their counters become one series. */
export class ReleaseScraper {
  readonly #options: ReleaseScraperOptions;
  #series: ReleaseSeries;
  #retainSeconds = retainSeconds;
  /** Set while a longer series fills up, until it reaches as far back as the one in use. */
  #longer: { readonly series: ReleaseSeries; readonly seconds: number; readonly readyAtMs: number } | null = null;
  #scraping: Promise<void> | null = null;
  #scrapedAtMs = Number.NEGATIVE_INFINITY;
  #askedAtMs: number;
  /** Why nothing can be said at the moment. */
  #fault: string | null = 'it was not scraped yet';

  constructor(options: ReleaseScraperOptions) {
    this.#options = options;
    this.#series = new ReleaseSeries(options.metrics, { retainSeconds });
    this.#askedAtMs = options.clock.now();
  }

  touch(): void {
    this.#askedAtMs = this.#options.clock.now();
  }

  /** Since somebody asked about it. */
  idleMs(): number {
    return this.#options.clock.now() - this.#askedAtMs;
  }

  /** Makes sure that it was scraped within half of `intervalSeconds`; never throws. */
  scrape(intervalSeconds: number): Promise<void> {
    if (this.#scraping !== null) return this.#scraping;
    const ageMs = this.#options.clock.now() - this.#scrapedAtMs;
    if (ageMs >= 0 && ageMs < intervalSeconds * 500) return Promise.resolve();
    this.#scrapedAtMs = this.#options.clock.now();
    this.#scraping = this.#scrapeReplicas().then((fault) => {
      this.#fault = fault;
      this.#scraping = null;
    });
    return this.#scraping;
  }

  /**
   * As of now, not of the last scrape: what is old leaves the window. Null and failed when half of the replicas or more
   * could not be scraped, because the rest does not speak for them.
   */
  read(needed: readonly NeededReading[]): MetricReading[] {
    if (this.#fault !== null) return failedReadings(needed, this.#fault);
    this.#retain(Math.max(0, ...needed.map(({ windowSeconds }) => windowSeconds)));
    const at = new Date(this.#options.clock.now()).toISOString();
    return needed.map((one) => this.#reading(one, at));
  }

  history({ needed, fromMs, toMs, stepSeconds }: Omit<HistoryRequest, 'target'>): BaselineReading[] {
    const stepMs = stepSeconds * 1_000;
    const steps = Math.min(maxHistoryPoints, Math.floor((toMs - fromMs) / stepMs) + 1);
    const found: BaselineReading[] = [];
    // From the newest back: when there are too many, those nearest to the candidate's time tell most.
    for (let index = 0; index < steps; index += 1) {
      const at = new Date(toMs - index * stepMs).toISOString();
      for (const one of needed) {
        const reading = this.#reading(one, at);
        if (reading.value !== null) found.push({ ...reading, at });
      }
    }
    return found.reverse();
  }

  #reading({ metric, windowSeconds }: NeededReading, at: string): MetricReading {
    if (isBuiltin(metric)) return this.#series.reading(metric, windowSeconds, at);
    const reason = `the built-in analytics does not measure ${metric}, only ${builtinMetrics.join(', ')}`;
    return { metric, windowSeconds, value: null, samples: 0, reason, failed: true };
  }

  /** Answers why nothing can be said; null: all is well. */
  async #scrapeReplicas(): Promise<string | null> {
    let endpoints: readonly MetricEndpoint[];
    try {
      endpoints = await this.#options.endpoints();
    } catch (error) {
      return `the cluster does not say where its replicas are: ${reasonOf(error)}`;
    }
    if (endpoints.length === 0) return 'it has no running replica to scrape';
    const faults = (await Promise.all(endpoints.map((endpoint) => this.#scrapeReplica(endpoint)))).filter(
      (fault) => fault !== null,
    );
    return faults.length * 2 >= endpoints.length ? faults.join('; ') : null;
  }

  async #scrapeReplica({ url, replica }: MetricEndpoint): Promise<string | null> {
    try {
      const text = await this.#options.fetchText(url);
      const at = new Date(this.#options.clock.now()).toISOString();
      this.#series.add(at, replica, text);
      this.#longer?.series.add(at, replica, text);
      return null;
    } catch (error) {
      return `the metrics of replica ${replica} cannot be read: ${reasonOf(error)}`;
    }
  }

  /** A longer window needs a longer memory, which fills beside the one in use. */
  #retain(windowSeconds: number): void {
    const nowMs = this.#options.clock.now();
    if (this.#longer !== null && nowMs >= this.#longer.readyAtMs) {
      this.#series = this.#longer.series;
      this.#retainSeconds = this.#longer.seconds;
      this.#longer = null;
    }
    const seconds = windowSeconds * 2;
    if (seconds <= Math.max(this.#retainSeconds, this.#longer?.seconds ?? 0)) return;
    const series = new ReleaseSeries(this.#options.metrics, { retainSeconds: seconds });
    this.#longer = { series, seconds, readyAtMs: nowMs + this.#retainSeconds * 1_000 };
  }
}

function isBuiltin(metric: string): metric is BuiltinMetric {
  return (builtinMetrics as readonly string[]).includes(metric);
}
