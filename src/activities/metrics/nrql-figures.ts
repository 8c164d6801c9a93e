import { MetricSourceError } from './metric-http';
import type { NrqlResult } from './nerdgraph';

/** Keys of a row that say what it is about, and are no figures. */
const notFigures: readonly string[] = ['beginTimeSeconds', 'endTimeSeconds', 'timestamp', 'inspectedCount', 'facet'];

/**
 * The one figure of an answer. Null: no data.
 * @throws MetricSourceError for several: which of them counts only the query's author knows
 */
export function figureOf({ rows }: NrqlResult): number | null {
  if (rows.length > 1) {
    throw new MetricSourceError(`the query answers with ${rows.length} series, expected one: take FACET away`);
  }
  return rows[0] === undefined ? null : figureOfRow(rows[0]);
}

/** Figures by the end of their window, in milliseconds since 1970. */
export function seriesOf({ rows }: NrqlResult): ReadonlyMap<number, number> {
  const series = new Map<number, number>();
  for (const row of rows) {
    const value = figureOfRow(row);
    const end = row.endTimeSeconds;
    if (value !== null && typeof end === 'number' && end > 0) series.set(end * 1_000, value);
  }
  return series;
}

/** Percentiles are a level deeper: `{ "percentile.duration": { "95": 0.2 } }`. */
function figureOfRow(row: Readonly<Record<string, unknown>>): number | null {
  const leaves = Object.entries(row)
    .filter(([key]) => !notFigures.includes(key))
    .flatMap(([, value]) => (isMap(value) ? Object.values(value) : [value]));
  const [leaf, ...others] = leaves;
  if (others.length > 0) {
    throw new MetricSourceError(`the query answers with ${leaves.length} figures, expected one: select one only`);
  }
  if (leaf === undefined || leaf === null) return null;
  if (typeof leaf === 'number' && Number.isFinite(leaf)) return leaf;
  // A text, such as "NaN".
  throw new MetricSourceError(`the query answers with ${JSON.stringify(leaf)}, expected a number`);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
