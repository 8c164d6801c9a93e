import type { VerdictReason } from '../contracts/analysis';
import type { Condition } from '../definition/condition';
import { printCondition } from '../definition/condition-text';
import { formatCount, formatSeconds, formatValue, inUnit, isLatency, isRatio } from './format';
import type { MetricReading } from './reading';

/** Three-valued: `unknown` is neither true nor false, and decides nothing. */
export type Outcome = VerdictReason['outcome'];

export interface ConditionOptions {
  /** The window of conditions that name none. */
  readonly windowSeconds: number;
  /** Fewer requests than this in the window: unknown. */
  readonly minRequests: number;
}

/** What one condition says of one instant. */
export interface Evaluation {
  readonly outcome: Outcome;
  /** A full sentence with the figures. */
  readonly message: string;
  /** In the metric's base unit; null: unknown. */
  readonly observed: number | null;
  /** Unknown because the source could not be asked. */
  readonly failed: boolean;
}

/** The window a condition is computed over. */
export function windowOf(
  { overSeconds }: Condition,
  { windowSeconds }: Pick<ConditionOptions, 'windowSeconds'>,
): number {
  return overSeconds ?? windowSeconds;
}

/**
 * Compares the reading that a condition is about with its limit, at one instant. How long it has held (`for`) is a
 * matter of several instants: see `advanceStreak`.
 */
export function evaluateCondition(
  condition: Condition,
  readings: readonly MetricReading[],
  options: ConditionOptions,
): Evaluation {
  const windowSeconds = windowOf(condition, options);
  const reading = findReading(readings, condition.metric, windowSeconds);
  const doubt = whyUnknown(reading, options.minRequests);
  if (reading?.value == null || doubt !== null) {
    const message = `${condition.metric} is unknown: ${doubt ?? 'it has no value'}`;
    return { outcome: 'unknown', message, observed: null, failed: reading === undefined || reading.failed === true };
  }
  const { value } = reading;
  if (isSingleFailure(reading, condition)) {
    const message = `${condition.metric} is unknown: one failed request among ${reading.samples} decides nothing`;
    return { outcome: 'unknown', message, observed: null, failed: false };
  }
  const requests = countsRequests(condition.metric) ? `, ${formatCount(reading.samples, 'request')}` : '';
  const figures = `${condition.metric} was ${formatValue(value, condition.unit, condition.value)} (over ${formatSeconds(windowSeconds)}${requests})`;
  const limit = `${relation(value, condition.value)} the limit of ${formatValue(condition.value, condition.unit)}`;
  const outcome = compare(value, condition) ? 'true' : 'false';
  return { outcome, message: `${figures}, ${limit}`, observed: value, failed: false };
}

/** The reason that an evaluation makes; its numbers are in the unit of the condition. */
export function conditionReason(
  kind: 'trigger' | 'criterion' | 'alert',
  condition: Condition,
  { outcome, message, observed }: Pick<Evaluation, 'outcome' | 'message' | 'observed'>,
): VerdictReason {
  return {
    kind,
    subject: printCondition(condition),
    outcome,
    message,
    threshold: inUnit(condition.value, condition.unit),
    ...(observed === null ? {} : { observed: inUnit(observed, condition.unit) }),
    ...(condition.unit === null ? {} : { unit: condition.unit }),
  };
}

export function findReading<R extends MetricReading>(
  readings: readonly R[],
  metric: string,
  windowSeconds: number,
): R | undefined {
  return readings.find((reading) => reading.metric === metric && reading.windowSeconds === windowSeconds);
}

/** Why a reading cannot be judged; null: it can. */
export function whyUnknown(reading: MetricReading | undefined, minRequests: number): string | null {
  if (reading === undefined) return 'the source gave no reading';
  const { metric, value, samples, windowSeconds, reason } = reading;
  if (value === null || !Number.isFinite(value)) return reason ?? 'the source has no value';
  if (!countsRequests(metric) || samples >= minRequests) return null;
  return `${formatCount(samples, 'request')} in ${formatSeconds(windowSeconds)}, fewer than the ${minRequests} that it takes`;
}

/** Above the limit by one request alone, which few requests make of any stray error: the next ones tell. */
function isSingleFailure({ metric, value, samples }: MetricReading, { value: limit }: Condition): boolean {
  return isRatio(metric) && value !== null && value > limit && Math.round(value * samples) === 1;
}

/** Only figures about requests need requests: a throughput of zero is well known. */
function countsRequests(metric: string): boolean {
  return isRatio(metric) || isLatency(metric);
}

function relation(value: number, limit: number): string {
  if (value === limit) return 'exactly at';
  return value > limit ? 'above' : 'below';
}

function compare(value: number, { op, value: limit }: Condition): boolean {
  switch (op) {
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '==':
      return value === limit;
    case '!=':
      return value !== limit;
  }
}
