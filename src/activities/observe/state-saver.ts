import type { WatchState } from '../../analytics';
import type { Watch } from './watch';
import type { WatchStore } from './watch-store';

/** Watches saved in one statement. */
const atOnce = 200;

/** Where watches stand, collected and written together. */
export class StateSaver {
  #waiting = new Map<Watch, WatchState>();

  constructor(private readonly store: Pick<WatchStore, 'saveStates'>) {}

  add(watch: Watch): void {
    this.#waiting.set(watch, watch.state);
  }

  forget(watch: Watch): void {
    this.#waiting.delete(watch);
  }

  /**
   * Writes what is waiting; what could not be written waits on.
   *
   * @returns watches that belong to another observer by now
   */
  async save(): Promise<Watch[]> {
    const lost: Watch[] = [];
    while (this.#waiting.size > 0) {
      const batch = [...this.#waiting].slice(0, atOnce);
      const ours = await this.store.saveStates(new Map(batch.map(([{ key }, state]) => [key, state])));
      for (const [watch, state] of batch) {
        if (!ours.has(watch.key)) lost.push(watch);
        // One that has gone on in the meantime waits for the next turn.
        if (this.#waiting.get(watch) === state) this.#waiting.delete(watch);
      }
    }
    return lost;
  }
}
