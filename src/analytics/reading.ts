/** What to ask a metric source for: one figure of one release over the last `windowSeconds`. */
export interface NeededReading {
  readonly metric: string;
  readonly windowSeconds: number;
}

/** One figure of one release, as a source gave it. */
export interface MetricReading extends NeededReading {
  /** In the metric's base unit (a ratio, seconds, bytes, requests a second, cores); null: unknown. */
  readonly value: number | null;
  /** Requests in the window; counts for metrics of requests only. */
  readonly samples: number;
  /** Why the value is unknown. */
  readonly reason?: string;
  /** The source could not be asked, as opposed to: it answered that there is no data. Decides `error` or `insufficient_data`. */
  readonly failed?: boolean;
}

/** A figure of the release before the candidate: of the same instant, or of one before the traffic moved. */
export interface BaselineReading extends MetricReading {
  /** ISO-8601; readings that come again under the same `at` count once. */
  readonly at: string;
}

/** Everything one tick of a watch has learnt. */
export interface WatchSample {
  /** ISO-8601. */
  readonly at: string;
  readonly candidate: readonly MetricReading[];
  /** Whatever there is; the same readings may come again with every sample. */
  readonly baseline: readonly BaselineReading[];
  /** Names of events told from outside since the last sample. */
  readonly events?: readonly string[];
}
