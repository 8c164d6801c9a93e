import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MetricTarget } from '../../../src/definition/release-plan';

/** A replica that tells what a test says it did. */
export class FakeReplica {
  ok = 0;
  failed = 0;
  slow = 0;
  scrapes = 0;
  /** Replaces its answer. */
  broken: RequestListener | null = null;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      this.scrapes += 1;
      if (this.broken) return this.broken(request, response);
      response.end(this.text());
    });
  }

  text(): string {
    const all = this.ok + this.failed;
    return [
      ...(this.ok > 0 ? [`http_requests_total{status="200"} ${this.ok}`] : []),
      ...(this.failed > 0 ? [`http_requests_total{status="500"} ${this.failed}`] : []),
      `http_request_duration_seconds_bucket{le="0.1"} ${all - this.slow}`,
      `http_request_duration_seconds_bucket{le="2"} ${all}`,
      `http_request_duration_seconds_bucket{le="+Inf"} ${all}`,
      '',
    ].join('\n');
  }

  async start(): Promise<string> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${this.port}/metrics`;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }
}

export function target(more: Partial<MetricTarget> = {}): MetricTarget {
  return {
    source: { name: 'builtin', type: 'builtin', url: null, secret: null, queries: {} },
    cluster: { name: 'local', type: 'local', settings: {} },
    namespace: 'shop',
    environment: 'production',
    app: 'shop',
    release: '1.1.0',
    appMetrics: {
      path: '/metrics',
      requests: 'http_requests_total',
      statusLabel: 'status',
      duration: 'http_request_duration_seconds',
    },
    ...more,
  };
}
