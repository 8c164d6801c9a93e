import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type BrowserOptions, cookieOptions } from '../access/browser';
import type { OidcSignIn } from '../access/oidc';
import { sameText } from '../access/secrets';
import type { SessionStore } from '../access/session-store';
import { unauthenticated } from '../errors';
import { signIn } from './session';

export interface OidcRoutesOptions extends BrowserOptions {
  readonly sessions: SessionStore;
  readonly oidc: OidcSignIn;
}

const stateCookie = 'f0_oidc';
const stateSeconds = 600;
const callbackPath = '/api/v1/session/oidc/callback';
const strictly = { rateLimit: { max: 30, timeWindow: '1 minute' } };

/** To the identity provider, and back. */
export function oidcRoutes(api: FastifyInstance, options: OidcRoutesOptions): void {
  const { sessions, oidc, publicUrl } = options;
  const here = (request: FastifyRequest) => publicUrl ?? `${request.protocol}://${request.host}`;

  api.get(
    '/session/oidc',
    { schema: { summary: 'To the identity provider' }, config: strictly },
    async (request, reply) => {
      const { url, state } = await oidc.begin(new URL(callbackPath, here(request)).href);
      // Bound to the browser that asked: nobody signs somebody else in as themselves.
      reply.setCookie(stateCookie, state, {
        ...cookieOptions(request, options),
        path: callbackPath,
        maxAge: stateSeconds,
      });
      return reply.redirect(url, 303);
    },
  );
  api.get<{ Querystring: { state?: string } }>(
    '/session/oidc/callback',
    { schema: { summary: 'Back from the identity provider' }, config: strictly },
    async (request, reply) => {
      const kept = request.cookies[stateCookie];
      reply.clearCookie(stateCookie, { ...cookieOptions(request, options), path: callbackPath });
      const { state } = request.query;
      if (kept === undefined || state === undefined || !sameText(kept, state)) {
        throw unauthenticated('this sign-in was not begun in this browser: begin again');
      }
      const person = await oidc.finish(new URL(request.url, here(request)), kept);
      await signIn(request, reply, { sessions, publicUrl }, { ...person, source: 'oidc' });
      return reply.redirect('/', 303);
    },
  );
}
