import type { temporal } from '@temporalio/proto';

export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
export type PendingActivity = temporal.api.workflow.v1.IPendingActivityInfo;

export type TraceSpanKind = 'workflow' | 'activity' | 'timer' | 'signal' | 'update';
export type TraceOutcome = 'running' | 'completed' | 'failed' | 'cancelled' | 'timed_out' | 'terminated';

/** One bar of a waterfall. Instants are ISO-8601. */
export interface TraceSpan {
  readonly kind: TraceSpanKind;
  readonly name: string;
  /** What this one is about, as the workflow has said; empty: nothing. */
  readonly summary: string;
  readonly outcome: TraceOutcome;
  /** When it was asked for. */
  readonly scheduledAt: string;
  /** When its last attempt began; null: no worker has taken it yet. */
  readonly startedAt: string | null;
  /** Null: it has not ended. Equal to `scheduledAt` for what takes no time. */
  readonly endedAt: string | null;
  /** How often an activity was begun; 0 for one that no worker has taken, 1 for everything else. */
  readonly attempts: number;
  /** Why it failed, or why its last attempt did. */
  readonly failure: string | null;
  /** Of workflows; null for the others. */
  readonly workflowId: string | null;
  readonly runId: string | null;
  readonly children: readonly TraceSpan[];
}

export interface RunTrace {
  /** Of OpenTelemetry; null: whoever started the run had no tracing. */
  readonly traceId: string | null;
  readonly root: TraceSpan;
}

export interface ExecutionRef {
  readonly workflowId: string;
  readonly runId: string;
}

export interface Execution {
  readonly events: readonly HistoryEvent[];
  /** Activities at work: their attempts are in no history before they end. */
  readonly pending: readonly PendingActivity[];
}

/** Where histories come from, and how what is encoded in them is read. */
export interface HistorySource {
  /** Null: Temporal does not keep it any more. */
  load(ref: ExecutionRef): Promise<Execution | null>;
  textOf(payload: temporal.api.common.v1.IPayload): Promise<string>;
  messageOf(failure: temporal.api.failure.v1.IFailure): Promise<string>;
}
