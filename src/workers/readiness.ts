import { setTimeout as delay } from 'node:timers/promises';
import type { NativeConnection, Worker } from '@temporalio/worker';
import { rootMessage } from '../contracts/errors';

/** A check that takes longer has failed: a probe's own patience is usually 1 to 5 s. */
const patienceMs = 2000;

export interface Readiness {
  readonly ready: boolean;
  /** `ok`, or what is wrong, by check. */
  readonly checks: Readonly<Record<'temporal' | 'database' | 'workers' | 'draining', string>>;
}

export interface ReadinessParts {
  readonly connection: NativeConnection;
  /** Empty while they are being made. */
  readonly workers: () => ReadonlyMap<string, Worker>;
  readonly checkDatabase: () => Promise<void>;
  readonly isDraining: () => boolean;
}

/** Can this process do its work now? All checks run, so that an answer names everything that is wrong. */
export async function readReadiness(parts: ReadinessParts): Promise<Readiness> {
  const { connection, workers, checkDatabase, isDraining } = parts;
  const [temporal, database] = await Promise.all([
    verdictOf(() =>
      connection.withDeadline(Date.now() + patienceMs, () => connection.workflowService.getSystemInfo({})),
    ),
    verdictOf(checkDatabase),
  ]);
  const checks = {
    temporal,
    database,
    workers: pollersOf(workers()),
    draining: isDraining() ? 'shutting down: no new work is taken' : 'ok',
  };
  return { ready: Object.values(checks).every((text) => text === 'ok'), checks };
}

/** `ok`, or what is wrong; a probe does not wait for it longer than it has patience. */
export async function verdictOf(check: () => Promise<unknown>): Promise<string> {
  const abort = new AbortController();
  try {
    const late = delay(patienceMs, 'late' as const, { signal: abort.signal });
    const result = await Promise.race([check(), late]);
    return result === 'late' ? `no answer within ${patienceMs} ms` : 'ok';
  } catch (error) {
    return rootMessage(error);
  } finally {
    abort.abort();
  }
}

function pollersOf(workers: ReadonlyMap<string, Worker>): string {
  if (workers.size === 0) return 'starting';
  const idle = [...workers].filter(([, worker]) => {
    const { runState, workflowPollerState, activityPollerState } = worker.getStatus();
    return runState !== 'RUNNING' || workflowPollerState === 'FAILED' || activityPollerState === 'FAILED';
  });
  if (idle.length === 0) return 'ok';
  return `not polling: ${idle.map(([queue, worker]) => `${queue} (${worker.getState().toLowerCase()})`).join(', ')}`;
}
