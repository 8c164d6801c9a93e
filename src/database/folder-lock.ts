import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { failure } from '../contracts/errors';

/** A Unix socket's address holds at most 104 bytes on macOS, 108 on Linux. */
const maxAddressBytes = 103;

/**
 * Keeps other processes out of `folder`, which PGlite does not: two at once destroy it. The lock is a socket that
 * listens, so the system itself gives it back when the process ends, however it ends: no time-out to wait for after a
 * kill. Thrown when another process has it: `Conflict`, with its pid.
 *
 * @returns gives the lock back
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const address = addressOf(realpathSync(folder));
  // Guards the moments in which the socket of a dead process is replaced: two that do so at once would both hold it.
  const unguard = await lock(folder, {
    lockfilePath: `${folder}.guard`,
    retries: { retries: 100, minTimeout: 50, maxTimeout: 100 },
  });
  try {
    const server = await listen(address).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') throw error;
      const owner = await askOwner(address);
      if (owner !== null) throw lockedBy(folder, owner);
      rmSync(address, { force: true });
      return listen(address);
    });
    return () => new Promise((resolve) => server.close(() => resolve()));
  } finally {
    await unguard();
  }
}

function addressOf(folder: string): string {
  const id = createHash('sha256').update(folder).digest('hex').slice(0, 24);
  if (process.platform === 'win32') return `\\\\.\\pipe\\framework0-${id}`;
  const beside = `${folder}.lock`;
  return Buffer.byteLength(beside) <= maxAddressBytes ? beside : join(tmpdir(), `framework0-${id}.lock`);
}

/** Answers every caller with our pid. */
function listen(address: string): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(String(process.pid));
  });
  // The lock alone keeps no process alive.
  server.unref();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => resolve(server));
  });
}

/** The pid that holds the socket; empty when it is too busy to answer; null when nobody holds it. */
function askOwner(address: string): Promise<string | null> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = createConnection(address);
    socket.setTimeout(2_000, () => resolve(answer));
    socket.on('data', (data) => {
      answer += data.toString();
    });
    // Only these say that nobody listens; any other fault (permissions, a full queue) proves nothing of that kind.
    socket.on('error', ({ code = '' }: NodeJS.ErrnoException) =>
      resolve(['ECONNREFUSED', 'ENOENT', 'ENOTSOCK'].includes(code) ? null : ''),
    );
    socket.on('end', () => resolve(answer));
    socket.on('close', () => socket.destroy());
  });
}

function lockedBy(folder: string, owner: string) {
  const who = owner === '' ? 'another process' : `process ${owner}`;
  return failure(
    'Conflict',
    `the database folder ${folder} is in use by ${who}, and one process at a time can open it: ` +
      'stop that system (f0 down), or give both a PostgreSQL server (DATABASE_URL)',
  );
}
