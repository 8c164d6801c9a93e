import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Identity } from '../../contracts/identity';
import { forbidden, unauthenticated } from '../errors';
import { assertMeant, type BrowserOptions, sessionCookie } from './browser';
import { type Caller, mayAs } from './caller';
import type { LocalUsers } from './local-users';
import { type Rule, ruleOf } from './rules';
import { sameText } from './secrets';
import type { SessionStore, SignedIn } from './session-store';
import type { TokenStore } from './token-store';

declare module 'fastify' {
  interface FastifyRequest {
    /** Null: nobody that we know. */
    caller: Caller | null;
  }
}

export interface GatekeeperOptions extends BrowserOptions {
  readonly sessions: SessionStore;
  readonly tokens: TokenStore;
  /** Null: nobody signs in by a password. */
  readonly users: LocalUsers | null;
  /** Whoever can read system.json has the token: the owner of the home. Null: there is none. */
  readonly owner: { readonly token: string; readonly identity: Identity } | null;
}

const changing = (request: FastifyRequest) => !['GET', 'HEAD', 'OPTIONS'].includes(request.method);

/** Lets in who may: knows the caller of each request, and holds it against the rule of its route. */
export function keepGate(app: FastifyInstance, options: GatekeeperOptions): void {
  app.decorateRequest('caller', null);
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) {
      if (isGuarded(url) && ruleOf(one, url) === undefined) throw new Error(`${one} ${url} has no rule of access`);
    }
  });
  app.addHook('onRequest', async (request) => {
    if (!isGuarded(request.url)) return;
    const rule = ruleOf(request.method, request.routeOptions.url);
    if (rule === undefined || rule === 'hook') return;
    request.caller = await callerOf(request, options, rule);
    if (rule !== 'anyone') assertMay(request.caller, rule);
    const byCookie = request.caller === null || request.caller.via === 'session';
    if (changing(request) && byCookie) assertMeant(request, options);
  });
}

function isGuarded(url: string): boolean {
  return url.startsWith('/api/') || url.startsWith('/hooks/');
}

function assertMay(caller: Caller | null, rule: Exclude<Rule, 'anyone' | 'hook'>): void {
  if (!caller) throw unauthenticated('nobody is signed in');
  if (!mayAs(caller.role, rule)) {
    throw forbidden(`${caller.identity.name} is ${caller.role}; this needs the role ${rule}`);
  }
}

async function callerOf(request: FastifyRequest, options: GatekeeperOptions, rule: Rule): Promise<Caller | null> {
  const { authorization } = request.headers;
  if (authorization !== undefined) return bearer(authorization, options);
  const id = request.cookies[sessionCookie];
  if (id === undefined) return null;
  try {
    const person = await options.sessions.find(id);
    return person && (await personNow(person, options));
  } catch (error) {
    // To sign out, or to be told that the database is away, needs nobody to be known.
    if (rule === 'anyone' && request.method !== 'GET') return null;
    throw error;
  }
}

async function bearer(authorization: string, { owner, tokens }: GatekeeperOptions): Promise<Caller> {
  const [, given = ''] = /^Bearer (.+)$/i.exec(authorization) ?? [];
  if (owner && sameText(given, owner.token)) {
    return { identity: owner.identity, displayName: owner.identity.name, role: 'admin', via: 'owner' };
  }
  const token = given.startsWith('f0t_') ? await tokens.find(given) : null;
  if (token) {
    // Never the name alone: a token called `alice` is not alice.
    const name = `token/${token.name}`;
    return { identity: { name, source: 'cli' }, displayName: name, role: token.role, via: 'token' };
  }
  throw unauthenticated(
    given.startsWith('f0t_')
      ? 'this API token is not known, was revoked, or has expired'
      : 'the token of system.json is missing or wrong',
  );
}

/** A local user who was removed, or has another role by now, is taken as they are now. */
async function personNow(person: SignedIn, { users }: GatekeeperOptions): Promise<Caller | null> {
  const { name, displayName, role, source } = person;
  if (source !== 'local') {
    const identity: Identity = { name, source: source === 'oidc' ? 'oidc' : 'cli' };
    return { identity, displayName, role, via: 'session' };
  }
  const user = (await users?.find(name)) ?? null;
  return user && { identity: { name, source: 'cli' }, displayName: user.displayName, role: user.role, via: 'session' };
}
