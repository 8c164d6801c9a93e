import type { Writable } from 'node:stream';
import type { LiveEvent } from '../api';
import { LiveClient, type LiveClientOptions } from './live-client';

export interface EventHubOptions extends LiveClientOptions {
  /** Told when the first reader comes and when the last one goes: nobody is polled for nobody. */
  readonly onAudience?: (present: boolean) => void;
  readonly beatMs?: number;
  readonly maxClients?: number;
}

/** All readers of the event stream of this process. */
export class EventHub {
  readonly #clients = new Map<LiveClient, () => void>();
  #beats: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(private readonly options: EventHubOptions = {}) {}

  get size(): number {
    return this.#clients.size;
  }

  get isFull(): boolean {
    return this.#closed || this.#clients.size >= (this.options.maxClients ?? 500);
  }

  /** Sends every event from now on to `stream`, until it closes. */
  add(stream: Writable): void {
    const client = new LiveClient(stream, () => stream.destroy(), this.options);
    this.#clients.set(client, () => client.close());
    stream.on('error', () => undefined);
    stream.once('close', () => this.#remove(client));
    if (this.#clients.size > 1) return;
    this.#beats = setInterval(() => this.#beat(), this.options.beatMs ?? 15_000).unref();
    this.options.onAudience?.(true);
  }

  publish(event: LiveEvent): void {
    for (const client of this.#clients.keys()) client.send(event);
  }

  close(): void {
    this.#closed = true;
    for (const end of [...this.#clients.values()]) end();
  }

  #beat(): void {
    for (const client of this.#clients.keys()) client.beat();
  }

  #remove(client: LiveClient): void {
    client.close();
    if (!this.#clients.delete(client) || this.#clients.size > 0) return;
    if (this.#beats) clearInterval(this.#beats);
    this.options.onAudience?.(false);
  }
}
