import type { Identity } from '../../contracts/identity';
import { type ConsoleRole, consoleRoles } from '../api';
import { unauthenticated } from '../errors';

/** Who makes a request, and what they may. */
export interface Caller {
  readonly identity: Identity;
  readonly displayName: string;
  readonly role: ConsoleRole;
  /** `owner`: by the token of system.json. A `session` comes in a cookie, which browsers send by themselves. */
  readonly via: 'owner' | 'token' | 'session';
}

/** Each role may what those before it may. */
export function mayAs(role: ConsoleRole, needed: ConsoleRole): boolean {
  return consoleRoles.indexOf(role) >= consoleRoles.indexOf(needed);
}

export function isConsoleRole(text: string): text is ConsoleRole {
  return (consoleRoles as readonly string[]).includes(text);
}

/** The caller of a route that only those may use who are known: its rule has seen to that. */
export function callerOf(request: { readonly caller: Caller | null }): Caller {
  if (!request.caller) throw unauthenticated('nobody is signed in');
  return request.caller;
}
