import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failure } from '../contracts/errors';
import { leanProcess } from '../workers/lean-process';
import type { Home } from './home';
import { identityOf, isAlive } from './process-identity';
import { runningSystem, type SystemState } from './system-state';
import { waitFor } from './wait';

/** A first start may download a Temporal server. */
const startTimeoutMs = 360_000;

/** Starts the system as a process of its own and waits until it is at work; finds the one that runs already. */
export async function startDetached(
  home: Home,
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly state: SystemState; readonly started: boolean }> {
  const running = runningSystem(home);
  if (running) return { state: running, started: false };

  mkdirSync(home.logs, { recursive: true, mode: 0o700 });
  const logFile = join(home.logs, 'system.log');
  const log = openSync(logFile, 'a', 0o600);
  const program = join(__dirname, '..', 'cli', 'main.js');
  const child = spawn(process.execPath, [...leanProcess.execArgv, program, 'up', '--home', home.root], {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...leanProcess.env, ...env, NO_COLOR: '1' },
  });
  closeSync(log);
  child.unref();
  const identity = identityOf(child.pid ?? 0);
  const state = await waitFor(() => runningSystem(home) ?? (isAlive(identity) ? null : ('ended' as const)), {
    timeoutMs: startTimeoutMs,
    intervalMs: 100,
  });
  if (state !== null && state !== 'ended') return { state, started: state.process.pid === child.pid };
  const words = readFileSync(logFile, 'utf8').trim().split('\n').slice(-5).join('\n');
  throw failure('Unavailable', `the system did not start; its last words in ${logFile}:\n${words}`);
}
