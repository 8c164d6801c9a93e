import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { failure, rootMessage } from '../contracts/errors';
import type { ListenConfig } from './config';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

export const json = (status: number, value: unknown): Answer => ({
  status,
  type: 'application/json',
  body: `${JSON.stringify(value)}\n`,
});

/**
 * Serves a handful of GET routes to probes and scrapers.
 * Throws `Conflict` when the port is taken.
 */
export async function serve(
  { host, port }: ListenConfig,
  what: string,
  routes: Readonly<Record<string, () => Promise<Answer>>>,
): Promise<RunningServer> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').replace(/[?#].*$/, '');
    const route = routes[path] ?? (async () => json(404, { error: `not here: ${Object.keys(routes).join(', ')}` }));
    route()
      .catch((error: unknown) => json(500, { error: rootMessage(error) }))
      .then(({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body));
  });
  await new Promise<void>((listening, refused) => {
    server.once('error', (cause) => refused(cannotServe(what, { host, port }, cause)));
    server.listen({ host, port }, listening);
  });
  const { address, port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${address.includes(':') ? `[${address}]` : address}:${bound}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        // A probe's kept-alive connection would hold the process for as long as it likes.
        server.closeAllConnections();
      }),
  };
}

/** `Conflict`: the address is another's, or not ours to take. */
export function cannotServe(what: string, { host, port }: ListenConfig, cause: NodeJS.ErrnoException): Error {
  const taken = cause.code === 'EADDRINUSE';
  const why = taken ? 'the port is taken; another one, or 0 for a free one, can be set' : cause.message;
  return failure('Conflict', `cannot serve ${what} on ${host}:${port}: ${why}`, { cause });
}
