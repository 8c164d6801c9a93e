import { isSameProcess, startTimeOf } from './cluster/process-identity';

/** A process, told apart from a later one that got the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the system's own notation; null when it had ended before anybody looked. */
  readonly startedAt: string | null;
}

export function identityOf(pid: number): ProcessIdentity {
  return { pid, startedAt: startTimeOf(pid) };
}

/** True while that very process lives: the same number with another start is a stranger, and must never be signalled. */
export function isAlive({ pid, startedAt }: ProcessIdentity): boolean {
  return startedAt !== null && isSameProcess(pid, startedAt);
}

/** Signals it, unless it is gone. Answers whether it was there. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    process.kill(identity.pid, signal);
    return true;
  } catch {
    return false;
  }
}
