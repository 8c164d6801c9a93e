import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { waitFor } from '../../support/wait-for';
import type { ObserverProcessOptions } from './observer-process';

export interface StartedObserver {
  readonly child: ChildProcess;
  /** Until it was ready. */
  readonly said: string;
}

/** An observer in a process of its own, added to `children`, which the caller ends. */
export async function startObserverProcess(
  children: Set<ChildProcess>,
  options: ObserverProcessOptions,
): Promise<StartedObserver> {
  const hook = join(__dirname, '..', '..', 'support', 'typescript.cjs');
  const script = join(__dirname, 'observer-process.ts');
  const child = spawn(process.execPath, ['-r', hook, script, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      said += data;
    });
  }
  await waitFor('the observer to be ready', () => {
    if (child.exitCode !== null) throw new Error(said);
    return said.includes('ready');
  });
  return { child, said };
}
