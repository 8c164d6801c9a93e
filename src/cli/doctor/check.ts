import type { CliIo } from '../io';

export interface CheckResult {
  readonly name: string;
  readonly state: 'fine' | 'warning' | 'failed';
  /** What was found. */
  readonly found: string;
  /** What to do; null when there is nothing to do. */
  readonly remedy: string | null;
}

export interface CheckContext {
  readonly io: CliIo;
  readonly homeOption: string | undefined;
}

/** Looks at one thing. It may throw: that counts as failed, with the error's message. */
export type Check = (context: CheckContext) => Promise<CheckResult>;

export function fine(name: string, found: string): CheckResult {
  return { name, state: 'fine', found, remedy: null };
}

export function warning(name: string, found: string, remedy: string): CheckResult {
  return { name, state: 'warning', found, remedy };
}

export function failed(name: string, found: string, remedy: string): CheckResult {
  return { name, state: 'failed', found, remedy };
}
