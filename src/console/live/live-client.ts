import type { Writable } from 'node:stream';
import type { LiveEvent } from '../api';

export interface LiveClientOptions {
  /** What the connection may hold back before nothing more is written to it. */
  readonly maxBufferedBytes?: number;
  /** Who has not read for this long is not there any more. */
  readonly stallMs?: number;
}

/** After this many runs, "the runs have changed" says it shorter. */
const mostRuns = 100;

/**
 * One reader of the event stream. Events say what has changed, not how: while the reader is slow, equal ones are one, so
 * what waits for it never grows beyond a page. One that stops to read is cut off.
 */
export class LiveClient {
  readonly #waiting = new Map<string, LiveEvent>();
  #stallTimer: NodeJS.Timeout | null = null;

  constructor(
    private readonly stream: Writable,
    private readonly cutOff: () => void,
    private readonly options: LiveClientOptions = {},
  ) {
    stream.on('drain', () => this.#drained());
    this.send({ type: 'hello' });
  }

  send(event: LiveEvent): void {
    this.#waiting.set(event.type === 'run' ? `run ${event.id}` : event.type, event);
    this.#flush();
    if (this.#waiting.size > mostRuns) {
      for (const [key, { type }] of this.#waiting) if (type === 'run') this.#waiting.delete(key);
      this.#waiting.set('runs', { type: 'runs' });
    }
  }

  /** A comment line: proxies cut connections that are silent, and a reader that is gone shows by it. */
  beat(): void {
    this.#write(':\n\n');
  }

  close(): void {
    this.#stopTimer();
    this.stream.end();
  }

  #flush(): void {
    for (const [key, event] of this.#waiting) {
      if (this.stream.writableLength > (this.options.maxBufferedBytes ?? 64 * 1024)) return;
      this.#waiting.delete(key);
      this.#write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    }
  }

  #write(text: string): void {
    if (this.stream.destroyed || this.stream.writableEnded) return;
    if (this.stream.write(text)) return;
    this.#stallTimer ??= setTimeout(() => {
      this.#stallTimer = null;
      this.cutOff();
    }, this.options.stallMs ?? 20_000).unref();
  }

  #drained(): void {
    this.#stopTimer();
    this.#flush();
  }

  #stopTimer(): void {
    if (this.#stallTimer) clearTimeout(this.#stallTimer);
    this.#stallTimer = null;
  }
}
