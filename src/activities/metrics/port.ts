import type { BaselineReading, MetricReading, NeededReading } from '../../analytics';
import type { MetricTarget } from '../../definition/release-plan';

export interface ReadRequest {
  readonly target: MetricTarget;
  readonly needed: readonly NeededReading[];
  /** Between two samples of whoever asks: what the source learnt within half of it needs not be learnt again. */
  readonly intervalSeconds: number;
}

export interface HistoryRequest {
  readonly target: MetricTarget;
  readonly needed: readonly NeededReading[];
  /** Milliseconds since 1970; both count. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepSeconds: number;
}

/** Where figures of running releases come from. One implementation a kind of monitoring system. */
export interface MetricSource {
  /**
   * One reading for each needed one, in their order, as of now. Never throws: what cannot be measured is null with its
   * reason, and never a value that could pass.
   */
  read(request: ReadRequest): Promise<readonly MetricReading[]>;
  /** What was measured at earlier times, known values only; empty when it is not known any more. Never throws. */
  history(request: HistoryRequest): Promise<readonly BaselineReading[]>;
  /** The release will be asked about soon, or serves beside one that will: what it does from now on can be compared. */
  warm(target: MetricTarget): void;
  /** As `warm`, until another release of the same app is kept in that environment. */
  keep(target: MetricTarget): void;
  /** Ends what it does by itself; it can still be read. */
  stop(): void;
}

/** All sources of a process behind one: the `source` of the target tells which one answers. */
export type MetricSources = MetricSource;
