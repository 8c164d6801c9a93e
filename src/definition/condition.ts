/** `METRIC OP NUMBER[UNIT] [for DURATION] [over WINDOW]`, parsed. */
export interface Condition {
  /** Canonical metric name: `latency` is `latency_p95` here. */
  readonly metric: string;
  readonly op: '>' | '>=' | '<' | '<=' | '==' | '!=';
  /** In the metric's base unit: a ratio for `%` (5% is 0.05), seconds for `ms s m`, bytes, requests a second. */
  readonly value: number;
  /** As written. */
  readonly unit: Unit | null;
  /** It must have been true all this time; null: at once. */
  readonly forSeconds: number | null;
  /** The window the metric is computed over; null: the analysis' default. */
  readonly overSeconds: number | null;
}

export type Unit = '%' | 'ms' | 's' | 'm' | 'rps' | 'B' | 'KiB' | 'MiB' | 'GiB';
