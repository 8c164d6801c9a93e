import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { failure } from '../../contracts/errors';
import type { Home } from '../home';
import { identityOf, isAlive, type ProcessIdentity } from '../process-identity';
import { waitFor } from '../wait';
import { isTemporalReady } from './probe';
import { cachedSearchAttributes, searchAttributeFlags } from './search-attributes';

export interface LaunchOptions {
  readonly home: Home;
  readonly executable: string;
  readonly port: number;
  readonly uiPort: number;
  /** Told of the process before it answers: whoever is killed now must find it again, or a second one ruins the file. */
  readonly onSpawned: (identity: ProcessIdentity) => void;
}

export const temporalNamespace = 'default';
const host = '127.0.0.1';
const logLimitBytes = 10 * 1024 * 1024;

export function addressOf(port: number): string {
  return `${host}:${port}`;
}

export function logFileOf(home: Home): string {
  return join(home.logs, 'temporal.log');
}

/**
 * Starts the dev server over the SQLite file of this home, and waits until it answers. It is a process of its own, not
 * bound to ours: a `kill -9` of ours leaves it at work.
 */
export async function launchTemporal({
  home,
  executable,
  port,
  uiPort,
  onSpawned,
}: LaunchOptions): Promise<ProcessIdentity> {
  mkdirSync(home.temporal, { recursive: true, mode: 0o700 });
  const log = openLog(home);
  const child = spawn(
    executable,
    ['server', 'start-dev', '--ip', host, '--port', String(port), '--ui-port', String(uiPort)]
      .concat(['--namespace', markOf(home)])
      .concat(['--db-filename', join(home.temporal, 'temporal.sqlite'), '--log-level', 'warn'])
      .concat(searchAttributeFlags(), cachedSearchAttributes),
    { detached: true, stdio: ['ignore', log, log] },
  );
  closeSync(log);
  const spawnError = await new Promise<Error | null>((resolve) => {
    child.once('spawn', () => resolve(null));
    child.once('error', resolve);
  });
  if (spawnError || child.pid === undefined)
    throw failure('Unavailable', `Temporal cannot be started: ${spawnError?.message}`);
  child.unref();

  const identity = identityOf(child.pid);
  onSpawned(identity);
  const outcome = await waitFor(
    async () => {
      if (!isAlive(identity)) return 'ended';
      return (await isServerOf(home, port)) ? 'ready' : null;
    },
    { timeoutMs: 60_000, intervalMs: 100 },
  );
  if (outcome === 'ready') return identity;
  child.kill('SIGKILL');
  throw failure(
    'Unavailable',
    `Temporal ${outcome === 'ended' ? 'ended while it started' : 'did not answer within a minute'}: see ${logFileOf(home)}`,
  );
}

/**
 * Whether the server that answers at that port is this home's: of two homes that start at once both may have found the
 * port free, and workers on the other's server would run the other's releases. A namespace of its own tells it.
 */
export function isServerOf(home: Home, port: number): Promise<boolean> {
  return isTemporalReady(addressOf(port), markOf(home));
}

function markOf(home: Home): string {
  return `f0-home-${createHash('sha256').update(home.root).digest('hex').slice(0, 12)}`;
}

function openLog(home: Home): number {
  mkdirSync(home.logs, { recursive: true });
  const file = logFileOf(home);
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > logLimitBytes) renameSync(file, `${file}.1`);
  return openSync(file, 'a', 0o600);
}
