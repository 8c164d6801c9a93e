import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface VendorRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface VendorAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is when it is a text, else as JSON. */
  readonly body: unknown;
}

/** A server in a vendor's place, with a fault that a test can put before its answers. */
export class FakeVendor {
  /** Replaces its answers; `hang` never gives one. */
  fault: VendorAnswer | 'hang' | null = null;
  readonly requests: VendorRequest[] = [];
  readonly #server: Server;

  /** @param now what its clock says */
  constructor(answer: (request: VendorRequest) => VendorAnswer | Promise<VendorAnswer>, now: () => number = Date.now) {
    this.#server = createServer((request, response) => {
      void this.#take(request).then(async (taken) => {
        if (this.fault === 'hang') return;
        send(response, this.fault ?? (await answer(taken)), now());
      });
    });
  }

  async start(): Promise<string> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  async #take(request: IncomingMessage): Promise<VendorRequest> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { method = 'GET', url = '/', headers } = request;
    const taken = { method, url: new URL(url, 'http://vendor'), headers, body };
    this.requests.push(taken);
    return taken;
  }
}

function send(response: ServerResponse, { status = 200, headers = {}, body }: VendorAnswer, nowMs: number): void {
  const date = new Date(nowMs).toUTCString();
  response.writeHead(status, { 'content-type': 'application/json', date, ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
