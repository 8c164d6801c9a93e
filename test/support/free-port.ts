import { createServer } from 'node:net';

/** Below what the system gives away by itself (from 32768 on Linux), and below what Kubernetes does (from 30000). */
const [first, last] = [12_000, 29_999];

/** From anywhere: the other jest workers look for ports as well. */
let next = first + Math.floor(Math.random() * (last - first + 1));

/**
 * A TCP port on loopback that is free just now. Whoever listens at port 0 or opens a connection meanwhile gets another one,
 * so it is still free when the process that it is meant for has started.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = next;
    next = port < last ? port + 1 : first;
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
