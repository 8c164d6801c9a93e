import { hashOfSecret, newSecret } from './secrets';

/** Codes that the owner of a machine gets at the terminal, each good for one sign-in. */
export interface SignInLinks {
  issue(): string;
  /** True once for a code that was issued and has not expired. */
  redeem(code: string): boolean;
}

/** Long enough to walk to the browser. */
const validMs = 15 * 60_000;
/** More than this were not asked for by a person: the oldest go. */
const most = 20;

/** In memory: whoever restarts the system prints a new one. */
export function createSignInLinks(now: () => number = Date.now): SignInLinks {
  const expiries = new Map<string, number>();
  return {
    issue() {
      const code = newSecret();
      expiries.set(hashOfSecret(code), now() + validMs);
      const [oldest] = expiries.keys();
      if (expiries.size > most && oldest !== undefined) expiries.delete(oldest);
      return code;
    },
    redeem(code) {
      const hash = hashOfSecret(code);
      const expires = expiries.get(hash);
      expiries.delete(hash);
      return expires !== undefined && expires > now();
    },
  };
}
