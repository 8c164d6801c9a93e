import type { MetricReading, NeededReading } from '../../analytics';

/** The values of one metric over time, for a chart. Null: it was unknown. */
export interface ReadingSeries {
  readonly atMs: readonly number[];
  readonly values: readonly (number | null)[];
}

/** A chart on a screen shows no more, and 10,000 watches share one process. */
const most = 120;

/**
 * What a group of watches has read lately, for people to look at: nothing is decided by it, so it is kept in memory alone.
 * When it is full, every second point goes: the whole time stays in sight.
 */
export class ReadingHistory {
  readonly #series = new Map<string, { atMs: number[]; values: (number | null)[] }>();

  /** Keeps what is `wanted` of the readings of one instant. */
  add(atMs: number, readings: readonly MetricReading[], wanted: readonly NeededReading[]): void {
    for (const { metric, windowSeconds } of wanted) {
      const reading = readings.find((one) => one.metric === metric && one.windowSeconds === windowSeconds);
      const series = this.#series.get(metric) ?? { atMs: [], values: [] };
      this.#series.set(metric, series);
      series.atMs.push(atMs);
      series.values.push(reading?.value ?? null);
      if (series.atMs.length > most) {
        series.atMs = series.atMs.filter((_, index) => index % 2 === 0);
        series.values = series.values.filter((_, index) => index % 2 === 0);
      }
    }
  }

  all(): Readonly<Record<string, ReadingSeries>> {
    return Object.fromEntries(this.#series);
  }
}
