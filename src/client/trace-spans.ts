import type { temporal } from '@temporalio/proto';
import { traceHeader } from '../tracing/trace-header';
import type { Execution, ExecutionRef, HistoryEvent, HistorySource, PendingActivity, TraceSpan } from './trace-types';

/** A span while its events are read. */
export type TraceDraft = { -readonly [Field in keyof Omit<TraceSpan, 'children'>]: TraceSpan[Field] } & {
  children: TraceDraft[];
};

type Failure = temporal.api.failure.v1.IFailure | null | undefined;
type EventId = HistoryEvent['eventId'];

interface Ending {
  readonly at: string;
  readonly outcome: TraceSpan['outcome'];
  readonly failure?: Failure;
}

/** Reads the events of one workflow, over all of its executions, into a span and those below it. */
export class WorkflowSpans {
  readonly root: TraceDraft;
  /** Children that have histories of their own. */
  readonly startedChildren: TraceDraft[] = [];
  traceId: string | null = null;
  readonly #source: HistorySource;
  /** By the id of the event that began it; of the execution that is read. */
  #begun = new Map<string, TraceDraft>();
  #nextRunId: string | null = null;

  constructor({ workflowId, runId }: ExecutionRef, source: HistorySource) {
    this.#source = source;
    this.root = { ...begin('workflow', '', ''), workflowId, runId };
  }

  get isEmpty(): boolean {
    return this.root.scheduledAt === '';
  }

  /** Answers the run that goes on where this one continued as new. */
  async take({ events, pending }: Execution): Promise<string | null> {
    this.#begun = new Map();
    this.#nextRunId = null;
    for (const event of events) {
      const at = isoOf(event.eventTime);
      await this.#takeWorkflow(event, at);
      await this.#takeActivity(event, at);
      await this.#takeTimer(event, at);
      await this.#takeChild(event, at);
      await this.#takeMessage(event, at);
    }
    for (const activity of pending) await this.#takePending(activity);
    this.#cutOff();
    return this.#nextRunId;
  }

  async #takeWorkflow(event: HistoryEvent, at: string): Promise<void> {
    const started = event.workflowExecutionStartedEventAttributes;
    if (started && this.isEmpty) {
      this.root.name = started.workflowType?.name ?? '';
      this.root.scheduledAt = at;
      this.root.summary = await this.#summaryOf(event);
      this.traceId = traceIdOf(started.header);
    }
    // The first task of the first execution: until then no worker had it.
    if (event.workflowTaskStartedEventAttributes) this.root.startedAt ??= at;
    if (event.workflowExecutionContinuedAsNewEventAttributes) {
      this.#nextRunId = event.workflowExecutionContinuedAsNewEventAttributes.newExecutionRunId || null;
    }
    const failure = event.workflowExecutionFailedEventAttributes?.failure;
    if (event.workflowExecutionCompletedEventAttributes) await this.#end(this.root, { at, outcome: 'completed' });
    if (failure) await this.#end(this.root, { at, outcome: 'failed', failure });
    if (event.workflowExecutionCanceledEventAttributes) await this.#end(this.root, { at, outcome: 'cancelled' });
    if (event.workflowExecutionTimedOutEventAttributes) await this.#end(this.root, { at, outcome: 'timed_out' });
    if (event.workflowExecutionTerminatedEventAttributes) await this.#end(this.root, { at, outcome: 'terminated' });
  }

  /** A workflow that has ended takes its timers and activities along; its children may go on without it. */
  #cutOff(): void {
    const { endedAt } = this.root;
    if (endedAt === null) return;
    for (const child of this.root.children) {
      if (child.endedAt === null && child.kind !== 'workflow') Object.assign(child, { endedAt, outcome: 'cancelled' });
    }
  }

  async #takeActivity(event: HistoryEvent, at: string): Promise<void> {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) {
      const draft = await this.#begin(event, 'activity', scheduled.activityType?.name, at);
      draft.attempts = 0;
      this.#begun.set(activityKey(scheduled.activityId), draft);
    }
    const started = event.activityTaskStartedEventAttributes;
    const draft = this.#of(started?.scheduledEventId);
    if (started && draft) {
      draft.startedAt = at;
      draft.attempts = started.attempt ?? 1;
      await this.#blame(draft, started.lastFailure);
    }
    const { activityTaskFailedEventAttributes: failed, activityTaskTimedOutEventAttributes: late } = event;
    await this.#end(this.#of(event.activityTaskCompletedEventAttributes?.scheduledEventId), {
      at,
      outcome: 'completed',
    });
    await this.#end(this.#of(failed?.scheduledEventId), { at, outcome: 'failed', failure: failed?.failure });
    await this.#end(this.#of(late?.scheduledEventId), { at, outcome: 'timed_out', failure: late?.failure });
    await this.#end(this.#of(event.activityTaskCanceledEventAttributes?.scheduledEventId), {
      at,
      outcome: 'cancelled',
    });
  }

  async #takePending({ activityId, attempt, lastFailure, lastStartedTime }: PendingActivity): Promise<void> {
    const draft = this.#begun.get(activityKey(activityId));
    if (!draft) return;
    // Before its first attempt the server counts 1, and knows no time at which it began.
    if (lastStartedTime) {
      draft.startedAt = isoOf(lastStartedTime);
      draft.attempts = attempt ?? 1;
    }
    await this.#blame(draft, lastFailure);
  }

  async #takeTimer(event: HistoryEvent, at: string): Promise<void> {
    const started = event.timerStartedEventAttributes;
    if (started) (await this.#begin(event, 'timer', 'timer', at)).startedAt = at;
    await this.#end(this.#of(event.timerFiredEventAttributes?.startedEventId), { at, outcome: 'completed' });
    await this.#end(this.#of(event.timerCanceledEventAttributes?.startedEventId), { at, outcome: 'cancelled' });
  }

  async #takeChild(event: HistoryEvent, at: string): Promise<void> {
    const initiated = event.startChildWorkflowExecutionInitiatedEventAttributes;
    if (initiated) {
      const draft = await this.#begin(event, 'workflow', initiated.workflowType?.name, at);
      draft.workflowId = initiated.workflowId ?? null;
    }
    const started = event.childWorkflowExecutionStartedEventAttributes;
    const draft = this.#of(started?.initiatedEventId);
    if (started && draft) {
      draft.startedAt = at;
      draft.runId = started.workflowExecution?.runId ?? null;
      this.startedChildren.push(draft);
    }
    const refused = event.startChildWorkflowExecutionFailedEventAttributes;
    await this.#end(this.#of(refused?.initiatedEventId), {
      at,
      outcome: 'failed',
      failure: { message: 'a workflow of this id is there already' },
    });
    const failed = event.childWorkflowExecutionFailedEventAttributes;
    const endings = [
      [event.childWorkflowExecutionCompletedEventAttributes, 'completed'],
      [failed, 'failed'],
      [event.childWorkflowExecutionCanceledEventAttributes, 'cancelled'],
      [event.childWorkflowExecutionTimedOutEventAttributes, 'timed_out'],
      [event.childWorkflowExecutionTerminatedEventAttributes, 'terminated'],
    ] as const;
    for (const [ended, outcome] of endings) {
      await this.#end(this.#of(ended?.initiatedEventId), { at, outcome, failure: failed?.failure });
    }
  }

  async #takeMessage(event: HistoryEvent, at: string): Promise<void> {
    const signal = event.workflowExecutionSignaledEventAttributes;
    if (signal) {
      const draft = await this.#begin(event, 'signal', signal.signalName, at);
      draft.startedAt = at;
      await this.#end(draft, { at, outcome: 'completed' });
    }
    const accepted = event.workflowExecutionUpdateAcceptedEventAttributes;
    if (accepted) {
      (await this.#begin(event, 'update', accepted.acceptedRequest?.input?.name, at)).startedAt = at;
    }
    const answered = event.workflowExecutionUpdateCompletedEventAttributes;
    const failure = answered?.outcome?.failure;
    await this.#end(this.#of(answered?.acceptedEventId), {
      at,
      outcome: failure ? 'failed' : 'completed',
      failure,
    });
    const sent = event.signalExternalWorkflowExecutionInitiatedEventAttributes;
    if (sent) {
      const draft = await this.#begin(event, 'signal', sent.signalName, at);
      draft.startedAt = at;
      draft.summary ||= `to ${sent.workflowExecution?.workflowId}`;
    }
    await this.#end(this.#of(event.externalWorkflowExecutionSignaledEventAttributes?.initiatedEventId), {
      at,
      outcome: 'completed',
    });
    await this.#end(this.#of(event.signalExternalWorkflowExecutionFailedEventAttributes?.initiatedEventId), {
      at,
      outcome: 'failed',
      failure: { message: 'there is no such workflow, or it has ended' },
    });
  }

  async #begin(
    event: HistoryEvent,
    kind: TraceSpan['kind'],
    name: string | null | undefined,
    at: string,
  ): Promise<TraceDraft> {
    const draft = { ...begin(kind, name ?? '', at), summary: await this.#summaryOf(event) };
    this.root.children.push(draft);
    this.#begun.set(eventKey(event.eventId), draft);
    return draft;
  }

  #of(eventId: EventId): TraceDraft | undefined {
    return eventId === null || eventId === undefined ? undefined : this.#begun.get(eventKey(eventId));
  }

  async #end(draft: TraceDraft | undefined, { at, outcome, failure }: Ending): Promise<void> {
    if (!draft) return;
    draft.endedAt = at;
    draft.outcome = outcome;
    await this.#blame(draft, failure);
  }

  async #blame(draft: TraceDraft, failure: Failure): Promise<void> {
    if (failure) draft.failure = await this.#source.messageOf(failure);
  }

  async #summaryOf({ userMetadata }: HistoryEvent): Promise<string> {
    return userMetadata?.summary ? this.#source.textOf(userMetadata.summary) : '';
  }
}

function begin(kind: TraceSpan['kind'], name: string, at: string): TraceDraft {
  return {
    kind,
    name,
    summary: '',
    outcome: 'running',
    scheduledAt: at,
    startedAt: null,
    endedAt: null,
    attempts: 1,
    failure: null,
    workflowId: null,
    runId: null,
    children: [],
  };
}

const eventKey = (id: EventId) => `event ${id}`;
const activityKey = (id: string | null | undefined) => `activity ${id}`;

function isoOf(time: HistoryEvent['eventTime']): string {
  return new Date(Number(time?.seconds ?? 0) * 1_000 + Math.floor((time?.nanos ?? 0) / 1_000_000)).toISOString();
}

/** Headers are never encrypted: a worker without tracing has to pass them on. */
function traceIdOf(header: temporal.api.common.v1.IHeader | null | undefined): string | null {
  const data = header?.fields?.[traceHeader]?.data;
  return (data && /"traceparent":"00-([0-9a-f]{32})-/.exec(Buffer.from(data).toString())?.[1]) || null;
}
