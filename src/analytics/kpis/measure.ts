import type { Kpi } from '../../contracts/kpis';
import type { Tally } from './tally';

export type Band = NonNullable<Kpi['band']>;

/** A stretch of whole days, and what happened in it. */
export interface Span {
  readonly days: number;
  readonly tally: Tally;
  /** At the end of the stretch anything at all had been deployed: from then on a day without a deployment says something. */
  readonly recorded: boolean;
}

/** One measure of delivery: how it is computed, and how it is shown. */
export interface DeliveryMeasure extends Pick<Kpi, 'name' | 'title' | 'unit' | 'direction' | 'source'> {
  /** How it is computed, one sentence; of the stretch where that matters. */
  definition(span: Span): string;
  /** Null: nothing to compute it from. */
  value(span: Span): number | null;
  /** Only where DORA publishes levels. */
  band?(value: number): Band;
}

/** Of the four keys and the rework rate. */
export const doraMetricsPage = 'https://dora.dev/guides/dora-metrics-four-keys/';
