import type { Identity } from '../contracts/identity';
import { localUser } from '../embedded/local-user';

/** Who acts: `--as NAME` is a claim of the command line, else the user of this machine. */
export function identityOf(as: string | undefined, env: Readonly<Record<string, string | undefined>>): Identity {
  if (as !== undefined && as.trim() !== '') return { name: as.trim(), source: 'cli' };
  return { name: localUser(env), source: 'os' };
}
