import { CancellationScope, condition, log, workflowInfo } from '@temporalio/workflow';
import type { AuditEntry } from '../contracts/audit';
import { rootMessage } from '../contracts/errors';
import { type Identity, systemIdentity } from '../contracts/identity';
import type { TimelineEvent } from '../contracts/status';
import { audit } from './proxies';

/** Older events stay in the audit log; the timeline query answers with the last ones. */
const timelineLimit = 500;

export interface TrailEvent {
  /** Verb in the past, for the audit log: `approval.refused`. */
  readonly action: string;
  /** A sentence, for people. */
  readonly message: string;
  readonly actor?: Identity;
  readonly stage?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface TrailSubject {
  readonly namespace: string;
  readonly workflow?: string;
  readonly release?: string;
  readonly environment?: string;
}

/** Entries that wait for company at most: each batch costs the workflow a task. */
const batchLimit = 50;

/**
 * What happened in a run and why: the timeline people read, and the audit trail auditors verify, from one call. What
 * people do (decisions, commands, refusals) is written at once; the system's own entries go with the next of those, or at
 * the end. Until then the workflow's history keeps them.
 */
export class Trail {
  readonly timeline: TimelineEvent[];
  private outbox: AuditEntry[] = [];
  private flushing: Promise<void> | null = null;
  /** Something in the outbox does not wait for company. */
  private due = false;
  private hurried = false;

  constructor(
    private readonly subject: TrailSubject,
    public sequence = 0,
    timeline: readonly TimelineEvent[] = [],
  ) {
    this.timeline = [...timeline];
  }

  note(event: TrailEvent): void {
    const at = new Date().toISOString();
    const actor = event.actor ?? systemIdentity;
    this.tell({ at, actor: actor.name, message: event.message, ...(event.stage ? { stage: event.stage } : {}) });

    const { workflowId, firstExecutionRunId } = workflowInfo();
    this.sequence += 1;
    this.outbox.push({
      key: `${workflowId}/${firstExecutionRunId}/${this.sequence}`,
      at,
      actor,
      action: event.action,
      workflowId,
      ...this.subject,
      reason: event.message,
      ...(event.stage || event.details
        ? { details: { ...(event.stage ? { stage: event.stage } : {}), ...event.details } }
        : {}),
    });
    const urgent = actor.source !== 'system' && event.action !== 'release.started';
    if (urgent || this.hurried || this.outbox.length >= batchLimit) this.write();
  }

  /** Every entry so far is in the audit log. */
  get settled(): boolean {
    return this.outbox.length === 0 && this.flushing === null;
  }

  /** Writes what there is, and from now on every entry at once. */
  hurry(): void {
    this.hurried = true;
    if (this.outbox.length > 0) this.write();
  }

  /** Resolves when all is written; a cancelled scope ends the wait, not the writing. */
  async drain(): Promise<void> {
    this.hurry();
    await condition(() => this.settled);
  }

  /** What is not written yet, for another trail to write. */
  async handOver(): Promise<readonly AuditEntry[]> {
    while (this.flushing) await this.flushing;
    return this.outbox.splice(0);
  }

  /** Takes over what another trail has not written. */
  adopt(entries: readonly AuditEntry[]): void {
    this.outbox.push(...entries);
    if (this.hurried) this.hurry();
  }

  private write(): void {
    this.due = true;
    // A run that is being cancelled keeps its trail all the same.
    this.flushing ??= CancellationScope.nonCancellable(() => this.flush());
  }

  private async flush(): Promise<void> {
    // Entries of one workflow activation travel together, and one batch at a time keeps them in order.
    await Promise.resolve();
    while (this.due && this.outbox.length > 0) {
      const entries = this.outbox;
      this.outbox = [];
      this.due = false;
      await audit.recordAudit
        .executeWithOptions({ summary: `${entries.length} entries` }, [{ entries }])
        .catch((error) => this.refused(entries, error));
    }
    this.flushing = null;
  }

  /** The audit log will never take them (retries have no end otherwise): said aloud, because nothing else keeps them. */
  private refused(entries: readonly AuditEntry[], error: unknown): void {
    const keys = entries.map(({ key }) => key);
    log.error('the audit log refused entries', { keys, reason: rootMessage(error) });
    const message = `the audit log refused ${entries.length} entries: ${rootMessage(error)}`;
    this.tell({ at: new Date().toISOString(), actor: systemIdentity.name, message });
  }

  private tell(event: TimelineEvent): void {
    this.timeline.push(event);
    if (this.timeline.length > timelineLimit) this.timeline.shift();
  }
}
