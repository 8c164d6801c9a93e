import { userInfo } from 'node:os';
import type { Identity } from '../contracts/identity';

/** Who acts: `--as NAME` is a claim of the command line, else the user of this machine. */
export function identityOf(as: string | undefined, env: Readonly<Record<string, string | undefined>>): Identity {
  if (as !== undefined && as.trim() !== '') return { name: as.trim(), source: 'cli' };
  return { name: localUser(env), source: 'os' };
}

function localUser(env: Readonly<Record<string, string | undefined>>): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that no account has.
    return env.USER ?? env.LOGNAME ?? `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
