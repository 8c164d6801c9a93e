import {
  type BaselineReading,
  type MetricReading,
  type NeededReading,
  neededBaselineReadings,
  neededReadings,
  uncomparedReadings,
} from '../../analytics';
import type { AnalyzeInput } from '../../contracts/analysis';
import type { MetricTarget } from '../../definition/release-plan';
import type { Clock, MetricSources } from '../metrics';
import { readBaseline } from './baseline';
import { ReadingHistory, type ReadingSeries } from './reading-history';
import type { Watch } from './watch';

/** What all watches of a group learn at once. */
export interface GroupSample {
  readonly at: string;
  readonly candidate: readonly MetricReading[];
  readonly baseline: readonly BaselineReading[];
}

export interface WatchGroupOptions {
  readonly metrics: MetricSources;
  readonly clock: Clock;
  readonly onSample: (watches: readonly Watch[], sample: GroupSample, lagMs: number) => Promise<void>;
  /** A sample could not be taken in: a fault of ours. The next one is taken all the same. */
  readonly onFault: (error: unknown) => void;
}

/** Watches that ask the same: their target, its baseline and the interval are one question to the source. */
export class WatchGroup {
  readonly #options: WatchGroupOptions;
  readonly #target: MetricTarget;
  readonly #baseline: MetricTarget | null;
  readonly #intervalSeconds: number;
  readonly #watches = new Set<Watch>();
  #needed: readonly NeededReading[] = [];
  #neededOfBaseline: readonly NeededReading[] = [];
  #uncompared: readonly NeededReading[] = [];
  #plansChanged = true;
  readonly #history = new ReadingHistory();
  #cancelTick: (() => void) | null = null;
  #sampling: Promise<void> | null = null;
  #stopped = true;

  constructor({ target, baselineRelease, plan }: AnalyzeInput, options: WatchGroupOptions) {
    this.#options = options;
    this.#target = target;
    this.#baseline = baselineRelease === undefined ? null : { ...target, release: baselineRelease };
    this.#intervalSeconds = plan.intervalSeconds;
  }

  static keyOf({ target, baselineRelease, plan }: AnalyzeInput): string {
    return JSON.stringify([target, baselineRelease ?? null, plan.intervalSeconds]);
  }

  get size(): number {
    return this.#watches.size;
  }

  /** What was read lately of metrics that no watch keeps points of. */
  get history(): Readonly<Record<string, ReadingSeries>> {
    return this.#history.all();
  }

  add(watch: Watch): void {
    this.#watches.add(watch);
    this.#plansChanged = true;
  }

  remove(watch: Watch): void {
    this.#watches.delete(watch);
    this.#plansChanged = true;
  }

  /** Samples at once, and then every interval. */
  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#tickAt(this.#options.clock.now());
  }

  /** Resolves when the sample that is being taken is. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTick?.();
    await this.#sampling;
  }

  #tickAt(dueMs: number): void {
    const { clock } = this.#options;
    this.#cancelTick = clock.after(Math.max(0, dueMs - clock.now()), () => {
      this.#sampling = this.#sample(dueMs)
        .catch(this.#options.onFault)
        .then(() => {
          this.#sampling = null;
          if (this.#stopped || this.#watches.size === 0) return;
          const intervalMs = this.#intervalSeconds * 1_000;
          // What was missed while the source was slow is not made up for: the next sample is due in the rhythm.
          const missed = Math.max(0, Math.floor((clock.now() - dueMs) / intervalMs));
          this.#tickAt(dueMs + (missed + 1) * intervalMs);
        });
    });
  }

  async #sample(dueMs: number): Promise<void> {
    const { metrics, clock, onSample } = this.#options;
    const lagMs = clock.now() - dueMs;
    this.#collectNeeded();
    const at = () => new Date(clock.now()).toISOString();
    const intervalSeconds = this.#intervalSeconds;
    const [candidate, baseline] = await Promise.all([
      metrics.read({ target: this.#target, needed: this.#needed, intervalSeconds }),
      this.#baseline === null ? [] : readBaseline(metrics, this.#baseline, this.#neededOfBaseline, intervalSeconds, at),
    ]);
    if (this.#stopped) return;
    this.#history.add(clock.now(), candidate, this.#uncompared);
    await onSample([...this.#watches], { at: at(), candidate, baseline }, lagMs);
  }

  #collectNeeded(): void {
    if (!this.#plansChanged) return;
    this.#plansChanged = false;
    const plans = new Set([...this.#watches].map(({ input }) => input.plan));
    this.#needed = unique([...plans].flatMap(neededReadings));
    this.#neededOfBaseline = unique([...plans].flatMap(neededBaselineReadings));
    const uncompared = [...plans].flatMap(uncomparedReadings);
    this.#uncompared = [...new Map(uncompared.map((reading) => [reading.metric, reading])).values()];
  }
}

function unique(readings: readonly NeededReading[]): NeededReading[] {
  return [...new Map(readings.map((reading) => [`${reading.metric}/${reading.windowSeconds}`, reading])).values()];
}
