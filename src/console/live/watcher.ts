import { createHash } from 'node:crypto';
import { inTurns, type RunSummary } from '../../client';
import { isFinal } from '../../contracts/phases';
import type { LiveEvent } from '../api';
import type { ConsoleParts } from '../ports';

export interface WatcherOptions {
  readonly parts: Pick<ConsoleParts, 'client' | 'audit' | 'alerts'>;
  readonly publish: (event: LiveEvent) => void;
  readonly onFault: (error: unknown) => void;
  readonly intervalMs?: number;
}

/** What a person calls "at once", and a load that nobody notices: one list and some questions, whoever watches. */
const defaultIntervalMs = 1_500;
/** Of the newest. Older ones are looked at when they change phase. */
const runsListed = 200;
/** Each is a question to a worker: the open runs take turns. */
const statusesPerTurn = 20;
const statusesAtOnce = 5;
/** More entries at once than this are a change of everything. */
const auditPage = 100;

/**
 * The one watcher of a process: looks at Temporal, the audit trail and the alerts for all readers together, and says what
 * has changed. It runs while somebody reads; what it meets first is the state it compares with.
 */
export class Watcher {
  readonly #options: WatcherOptions;
  readonly #summaries = new Map<string, string>();
  readonly #statuses = new Map<string, string>();
  #lastSequence: number | null = null;
  #alerts: string | null = null;
  #knowsRuns = false;
  #nextOpen = 0;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;
  #running = false;
  #lookAgain = false;

  constructor(options: WatcherOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.hurry();
  }

  /** Resolves when nothing is asked any more. */
  async stop(): Promise<void> {
    this.#running = false;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#looking;
    this.#summaries.clear();
    this.#statuses.clear();
    this.#knowsRuns = false;
    this.#lastSequence = null;
    this.#alerts = null;
  }

  /** Something was done just now: looks at once. */
  hurry(): void {
    if (!this.#running) return;
    if (this.#looking) {
      this.#lookAgain = true;
      return;
    }
    if (this.#timer) clearTimeout(this.#timer);
    this.#looking = this.#lookAtAll().finally(() => {
      this.#looking = null;
      if (!this.#running) return;
      const again = this.#lookAgain;
      this.#lookAgain = false;
      if (again) return this.hurry();
      this.#timer = setTimeout(() => this.hurry(), this.#options.intervalMs ?? defaultIntervalMs).unref();
    });
  }

  /** Each by itself: with the database away, Temporal still tells, and the other way round. */
  async #lookAtAll(): Promise<void> {
    const looks = [this.#lookAtRuns(), this.#lookAtAudit(), this.#lookAtAlerts()];
    for (const look of await Promise.allSettled(looks)) {
      if (look.status === 'rejected') this.#options.onFault(look.reason);
    }
  }

  async #lookAtRuns(): Promise<void> {
    const runs = await this.#options.parts.client.list({ limit: runsListed });
    // Not by what is known: of a system that has no run yet, the first one is news.
    const isFirst = !this.#knowsRuns;
    this.#knowsRuns = true;
    let changed = false;
    let asked = false;
    for (const run of runs) {
      const now = `${run.runId} ${run.phase} ${run.awaitingApproval} ${run.endedAt}`;
      const before = this.#summaries.get(run.workflowId);
      this.#summaries.set(run.workflowId, now);
      if (before === now || isFirst) continue;
      changed = true;
      asked ||= run.awaitingApproval || (before?.includes(' true ') ?? false);
      this.#publish({ type: 'run', id: run.workflowId });
    }
    this.#forgetOthers(runs);
    if (changed) this.#publish({ type: 'runs' });
    if (asked) this.#publish({ type: 'approvals' });
    await this.#lookAtOpen(runs.filter(({ phase, endedAt }) => endedAt === null && !(phase && isFinal(phase))));
  }

  /** Steps, weights and soaks are known to the run alone. */
  async #lookAtOpen(open: readonly RunSummary[]): Promise<void> {
    const from = this.#nextOpen < open.length ? this.#nextOpen : 0;
    const turn = open.slice(from, from + statusesPerTurn);
    this.#nextOpen = from + turn.length;
    await inTurns(turn, statusesAtOnce, async ({ workflowId }) => {
      // One that cannot be asked just now is asked again in the next turn.
      const status = await this.#options.parts.client.status(workflowId).catch(() => null);
      if (!status) return;
      const now = digest(status);
      const before = this.#statuses.get(workflowId);
      this.#statuses.set(workflowId, now);
      if (before === undefined || before === now) return;
      this.#publish({ type: 'run', id: workflowId });
      if (status.awaiting.length > 0) this.#publish({ type: 'approvals' });
    });
  }

  async #lookAtAudit(): Promise<void> {
    const rows = await this.#options.parts.audit.list({ limit: auditPage });
    const newest = rows[0]?.sequence ?? 0;
    const since = this.#lastSequence;
    this.#lastSequence = newest;
    if (since === null || newest <= since) return;
    const fresh = rows.filter(({ sequence }) => sequence > since);
    const runs = new Set(fresh.map(({ entry }) => entry.workflowId).filter((id) => id?.startsWith('pipeline/')));
    for (const id of runs) this.#publish({ type: 'run', id });
    if (fresh.some(({ entry }) => entry.environment !== undefined || entry.workflowId?.startsWith('environment/'))) {
      this.#publish({ type: 'estate' });
    }
    if (fresh.some(({ entry }) => entry.action?.startsWith('approval.'))) this.#publish({ type: 'approvals' });
  }

  async #lookAtAlerts(): Promise<void> {
    const book = await this.#options.parts.alerts?.read({ limit: runsListed });
    if (!book) return;
    const now = digest(book);
    const before = this.#alerts;
    this.#alerts = now;
    if (before === null || before === now) return;
    this.#publish({ type: 'alerts' });
    this.#publish({ type: 'estate' });
  }

  #forgetOthers(runs: readonly RunSummary[]): void {
    const listed = new Set(runs.map(({ workflowId }) => workflowId));
    for (const id of this.#summaries.keys()) if (!listed.has(id)) this.#summaries.delete(id);
    for (const id of this.#statuses.keys()) if (!listed.has(id)) this.#statuses.delete(id);
  }

  #publish(event: LiveEvent): void {
    if (this.#running) this.#options.publish(event);
  }
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64');
}
