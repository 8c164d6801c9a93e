// What executives look at. Times are ISO-8601, durations seconds, shares 0..1.

/** A figure with its past; null: nothing to compute it from, never 0. */
export interface Kpi {
  /** `deployment_frequency`, `lead_time`, ..., or the name of a business KPI. */
  readonly name: string;
  readonly title: string;
  readonly value: number | null;
  readonly unit: 'per_day' | 'seconds' | 'share' | 'count' | 'currency' | string;
  /** The stretch of the same length before; for the trend. */
  readonly before: number | null;
  readonly target: number | null;
  /** Which way is good. */
  readonly direction: 'up' | 'down';
  /** DORA's band, where it has one. */
  readonly band: 'elite' | 'high' | 'medium' | 'low' | null;
  /** How it is computed, one sentence. */
  readonly definition: string;
  /** The page or paper that defines it. */
  readonly source: string | null;
  /** Why there is no value, or why it is an old one. */
  readonly reason?: string;
  /** ISO-8601: when the value was read from its metric source; it may be older than the report. */
  readonly measuredAt?: string;
  /** One point a day, oldest first. */
  readonly series: readonly { readonly at: string; readonly value: number | null }[];
}

export interface SloStatus {
  /** Of the platform that declares it. */
  readonly namespace?: string;
  readonly name: string;
  readonly environment: string;
  readonly objective: number;
  readonly windowDays: number;
  /** 0..1; null: not measured. */
  readonly availability: number | null;
  /** What is left of the error budget, 1 = all, below 0 = overspent. */
  readonly budgetLeft: number | null;
  readonly burnRates: readonly { readonly window: string; readonly rate: number | null; readonly alertAbove: number }[];
  /** Why something of it is not measured, or old. */
  readonly reason?: string;
  /** ISO-8601: when it was read from its metric source. */
  readonly measuredAt?: string;
}

export interface KpiReport {
  readonly from: string;
  readonly to: string;
  readonly namespace: string | null;
  /** The four keys of DORA, then rework rate, approval wait, rollback time, cost of delay. */
  readonly delivery: readonly Kpi[];
  readonly slos: readonly SloStatus[];
  readonly business: readonly Kpi[];
}

export interface KpiReader {
  report(query: { readonly days: number; readonly namespace?: string; readonly workflow?: string }): Promise<KpiReport>;
}
