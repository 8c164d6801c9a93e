import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Pods of kwok answer nobody: this serves what Prometheus would have scraped from them under steady traffic. */
export interface TrafficFigures {
  readonly port: number;
  stop(): Promise<void>;
}

const environments = ['development', 'staging', 'production'];
const releases = ['1.0.0', '1.1.0'];
const perSecond = 50;

/** @param faulty the one release that answers this share of an environment's requests with an error */
export async function startTrafficFigures(
  app: string,
  faulty: { readonly environment: string; readonly release: string; readonly errors: number },
): Promise<TrafficFigures> {
  const startedAt = performance.now();
  const server = createServer((_request, response) => {
    const requests = Math.round(((performance.now() - startedAt) / 1000) * perSecond);
    const lines = environments.flatMap((environment) =>
      releases.flatMap((release) => {
        const labels = `app="${app}",environment="${environment}",release="${release}"`;
        const isFaulty = environment === faulty.environment && release === faulty.release;
        const failed = isFaulty ? Math.round(requests * faulty.errors) : 0;
        return [
          `http_requests_total{${labels},status="200"} ${requests - failed}`,
          `http_requests_total{${labels},status="500"} ${failed}`,
          `http_request_duration_seconds_bucket{${labels},le="0.1"} ${requests}`,
          `http_request_duration_seconds_bucket{${labels},le="+Inf"} ${requests}`,
          `http_request_duration_seconds_sum{${labels}} ${requests * 0.02}`,
          `http_request_duration_seconds_count{${labels}} ${requests}`,
        ];
      }),
    );
    response.end(`${lines.join('\n')}\n`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
