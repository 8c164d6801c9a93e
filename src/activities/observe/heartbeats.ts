import { Semaphore } from 'async-mutex';
import type { Clock } from '../metrics';
import type { Answer, Completions } from './completions';
import type { Watch } from './watch';

export interface HeartbeatsOptions {
  readonly completions: Completions;
  readonly clock: Clock;
  readonly onAnswer: (watch: Watch, answer: Answer) => void;
}

/** Calls at once: enough for thousands a second, and a restarted server is not run over. */
const atOnce = 64;

/** Two may be lost before the server gives the activity up. */
const beatsPerTimeout = 3;

/** A watch that was taken up may be about to time out: its first beat comes within this time. */
const soonMs = 1_000;

/** Tells the server that watches live, each at its own time, and hears from it which are wanted no more. */
export class Heartbeats {
  readonly #options: HeartbeatsOptions;
  readonly #slots = new Semaphore(atOnce);
  readonly #timers = new Map<Watch, () => void>();

  constructor(options: HeartbeatsOptions) {
    this.#options = options;
  }

  /** @param soon the last beat may be long ago */
  begin(watch: Watch, soon: boolean): void {
    // At random within the period: ten thousand that began together do not beat together.
    this.#beatAfter(watch, Math.random() * (soon ? soonMs : periodMs(watch)));
  }

  end(watch: Watch): void {
    this.#timers.get(watch)?.();
    this.#timers.delete(watch);
  }

  endAll(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  #beatAfter(watch: Watch, ms: number): void {
    const cancel = this.#options.clock.after(ms, () => void this.#beat(watch));
    this.#timers.set(watch, cancel);
  }

  async #beat(watch: Watch): Promise<void> {
    const { completions, clock, onAnswer } = this.#options;
    const startedAt = clock.now();
    const answer = await this.#slots.runExclusive(() => completions.heartbeat(watch));
    if (!this.#timers.has(watch)) return;
    onAnswer(watch, answer);
    if (!this.#timers.has(watch)) return;
    const due = answer === 'ok' ? startedAt + periodMs(watch) - clock.now() : periodMs(watch) / 4;
    this.#beatAfter(watch, Math.max(0, due));
  }
}

function periodMs({ heartbeatTimeoutMs }: Watch): number {
  return heartbeatTimeoutMs / beatsPerTimeout;
}
