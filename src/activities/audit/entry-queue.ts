import { setTimeout as pause } from 'node:timers/promises';
import type { AuditEntry } from '../../contracts/audit';

/** An entry on its way into the log. */
export interface PreparedEntry {
  readonly key: string;
  readonly entry: AuditEntry;
  /** Its canonical JSON. */
  readonly text: string;
}

interface Waiting {
  readonly entries: readonly PreparedEntry[];
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Entries of one transaction: far below PostgreSQL's limit of 65,535 parameters a statement. */
const batchSize = 1_000;

/**
 * Between two transactions: an append on its own goes at once, and of a storm many share each transaction, which costs a
 * worker with the embedded database 2 to 6 ms of its only thread, however few the entries are. No run waits for its own
 * entries before it goes on; only its end does.
 */
const gatherMs = 200;

/**
 * Appends one after the other anyway, so those that come while one is at work share the next transaction: a thousand
 * runs that record at once cost a few transactions, not a thousand.
 */
export class EntryQueue {
  #waiting: Waiting[] = [];
  #working = false;

  constructor(private readonly insert: (entries: readonly PreparedEntry[]) => Promise<void>) {}

  /** Settles when the entries are in the log, or are not. */
  add(entries: readonly PreparedEntry[]): Promise<void> {
    if (entries.length === 0) return Promise.resolve();
    return new Promise((done, failed) => {
      this.#waiting.push({ entries, done, failed });
      if (!this.#working) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (let batch = this.#take(); batch.length > 0; batch = this.#take()) {
      try {
        await this.insert(batch.flatMap(({ entries }) => entries));
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
      await pause(gatherMs);
    }
    this.#working = false;
  }

  #take(): Waiting[] {
    let size = 0;
    const fits = this.#waiting.findIndex(({ entries }, index) => {
      size += entries.length;
      return index > 0 && size > batchSize;
    });
    return this.#waiting.splice(0, fits === -1 ? this.#waiting.length : fits);
  }
}
