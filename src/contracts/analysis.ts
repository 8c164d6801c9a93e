import type { AnalysisPlan, MetricTarget } from '../definition/release-plan';
import type { AlertingConfig } from './alerting';

/** What an analysis concluded. Only `fail` (the metric is bad) rolls back by default; see DESIGN section 7. */
export const Verdict = {
  pass: 'pass',
  fail: 'fail',
  /** Measured, but it says neither good nor bad, or the window was cut short. */
  inconclusive: 'inconclusive',
  /** Fewer samples than a judgement needs. */
  insufficientData: 'insufficient_data',
  /** It could not be measured. */
  error: 'error',
} as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];

/** One figure that decided, in words and in numbers. */
export interface VerdictReason {
  readonly kind: 'trigger' | 'criterion' | 'alert' | 'judge' | 'anomaly' | 'event' | 'data';
  /** The condition as the document has it, or the metric's name. */
  readonly subject: string;
  readonly outcome: 'true' | 'false' | 'unknown';
  /** A full sentence with the figures, for people. */
  readonly message: string;
  readonly observed?: number;
  readonly threshold?: number;
  readonly unit?: string;
  readonly baseline?: number;
  readonly pValue?: number;
  readonly effect?: number;
}

export interface AnalyzeInput {
  /** Idempotency key: workflow id / stage / step. */
  readonly key: string;
  readonly plan: AnalysisPlan;
  readonly target: MetricTarget;
  /** The release that serves beside or before the candidate; none for the first release of an environment. */
  readonly baselineRelease?: string;
  /** ISO-8601; the time before which metrics of the baseline alone were served. */
  readonly shiftedAt?: string;
  /** Where the platform has alerting: who is told of its alerts, beside the workflow that asks. */
  readonly alerting?: AlertingConfig;
}

export interface AnalyzeResult {
  readonly verdict: Verdict;
  /** The deciding ones first; never empty. */
  readonly reasons: readonly VerdictReason[];
  readonly startedAt: string;
  readonly endedAt: string;
  readonly samples: number;
  /** 0..1, when the judge ran. */
  readonly score?: number;
  /** ISO-8601; the sample that first showed the breach. */
  readonly breachedAt?: string;
}
