import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { forward, type Upstream } from './forward';
import { syntheticHeader } from './synthetic';

/** Longer than any client keeps a quiet connection for: the client closes it, never we, so no request meets a closed one. */
const keepAliveMs = 75_000;

/** The stable address of one app in one environment. */
export class AppProxy {
  private readonly server: Server;

  /** @param onUser told of every request that is not one of our own */
  constructor(choose: (tried: ReadonlySet<Upstream>) => Upstream | null, onUser: () => void = () => undefined) {
    this.server = createServer({ keepAliveTimeout: keepAliveMs, requestTimeout: 0 }, (request, response) => {
      if (request.headers[syntheticHeader] === undefined) onUser();
      forward(request, response, choose);
    });
  }

  /** Answers with the port it got; throws `EADDRINUSE` when it is taken. Port 0: any free one. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => {
        this.server.off('error', reject);
        resolve((this.server.address() as AddressInfo).port);
      });
    });
  }

  /** Takes no new connection, lets running requests finish for as long as `graceMs`, then breaks what is left. */
  async close(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
    const sweep = setInterval(() => this.server.closeIdleConnections(), 50);
    const force = setTimeout(() => this.server.closeAllConnections(), graceMs);
    await closed;
    clearInterval(sweep);
    clearTimeout(force);
  }
}
