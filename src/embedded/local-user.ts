import { hostname, userInfo } from 'node:os';
import type { Claims } from '../contracts/proof';

type Env = Readonly<Record<string, string | undefined>>;

/** The user of this machine. */
export function localUser(env: Env): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that no account has.
    return env.USER ?? env.LOGNAME ?? `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}

/** What the operating system says of who runs this process: on one machine, that is who somebody is. */
export function osClaims(env: Env): Claims {
  return { iss: 'os', sub: `${process.getuid?.() ?? localUser(env)}@${hostname()}`, name: localUser(env) };
}
