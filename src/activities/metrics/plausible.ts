import { metricNames } from '../../definition/metrics';

/** The rounding of a weighted mean; far less than any limit that somebody would set. */
const rounding = 1e-6;

/** Why a number cannot be a figure of the metric, whoever says so; null: it can be one. */
export function implausible(metric: string, value: number): string | null {
  if (!Number.isFinite(value)) return `${value} is no figure`;
  // What a platform's own metric may be is its own matter.
  if (!metricNames.includes(metric) && metric !== 'requests') return null;
  if (value < 0) return `${metric} cannot be negative, and the answer is ${value}`;
  if (metric === 'error_rate' && value > 1 + rounding) {
    return `error_rate is a ratio of 0 to 1, and the answer is ${value}: does its query give a percentage?`;
  }
  return null;
}
