import { type ChildProcess, fork } from 'node:child_process';
import { leanProcess } from '../src/workers/lean-process';

/** A worker as a process of its own, started as the product starts its own. */
export function forkWorker(
  file: string,
  args: readonly string[],
  { output = 'ignore', env = {} }: { readonly output?: 'ignore' | NodeJS.WriteStream; readonly env?: object } = {},
): ChildProcess {
  return fork(file, args, {
    // Its errors are worth seeing; what the bench prints to standard output is its table alone.
    stdio: ['ignore', output, 'inherit', 'ipc'],
    execArgv: [...leanProcess.execArgv],
    env: { ...leanProcess.env, ...process.env, ...env },
  });
}
