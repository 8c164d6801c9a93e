import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Identity } from '../../contracts/identity';
import { type BrowserOptions, cookieOptions, ensureCsrfToken, sessionCookie } from '../access/browser';
import type { LocalUsers } from '../access/local-users';
import type { SessionStore, SignedIn } from '../access/session-store';
import type { SignInLinks } from '../access/sign-in-links';
import type { Session } from '../api';
import { forbidden, HttpError, unauthenticated } from '../errors';
import { answers, done, object } from './schema';

export interface SessionRoutesOptions extends BrowserOptions {
  readonly sessions: SessionStore;
  readonly users: LocalUsers | null;
  /** Whom a link of the owner's signs in; null: there are no such links. */
  readonly owner: Identity | null;
  readonly links: SignInLinks;
  readonly oidc: { readonly label: string } | null;
  readonly temporalUiUrl: string | null;
  readonly version: string;
}

/** Guessing is what these are for: ten tries a minute from one address. */
const strictly = { rateLimit: { max: 10, timeWindow: '1 minute' } };

const credentials = object(
  {
    name: { type: 'string', minLength: 1, maxLength: 200 },
    password: { type: 'string', minLength: 1, maxLength: 1_000 },
  },
  ['name', 'password'],
);

/** Who is signed in, and how people sign in and out; by an identity provider: see `oidc.ts`. */
export function sessionRoutes(api: FastifyInstance, options: SessionRoutesOptions): void {
  const { sessions, users, owner, links, oidc, temporalUiUrl, version } = options;

  api.get(
    '/session',
    { schema: answers('Session', 'Who is signed in, and how one signs in') },
    async (request, reply) => sessionOf(request, reply),
  );
  api.post<{ Body: { name: string; password: string } }>(
    '/session',
    { schema: { ...done('Signs a local user in'), body: credentials }, config: strictly },
    async (request, reply) => {
      if (!users)
        throw new HttpError(501, 'NotSetUp', 'nobody signs in by a password here', 'Use your identity provider.');
      const user = await users.verify(request.body.name, request.body.password);
      if (!user) throw unauthenticated('the name or the password is wrong');
      await signIn(request, reply, options, { ...user, source: 'local' });
      return reply.code(204).send();
    },
  );
  api.delete('/session', { schema: done('Signs out') }, async (request, reply) => {
    const id = request.cookies[sessionCookie];
    reply.clearCookie(sessionCookie, cookieOptions(request, options));
    if (id !== undefined) await sessions.end(id);
    return reply.code(204).send();
  });
  api.post('/session/links', { schema: answers('SignInLink', 'A link that signs the owner in, once') }, async () => {
    if (!owner) throw forbidden('there are no links here: sign in by your identity provider');
    return { path: `/api/v1/session/link?code=${links.issue()}` };
  });
  api.get<{ Querystring: { code: string } }>(
    '/session/link',
    {
      schema: { summary: 'Signs the owner in by a link', querystring: object({ code: { type: 'string' } }, ['code']) },
      config: strictly,
    },
    async (request, reply) => {
      if (!owner || !links.redeem(request.query.code)) {
        throw new HttpError(
          401,
          'Unauthenticated',
          'this link was used already, or is too old',
          'Run `f0 up` for another.',
        );
      }
      const person = { name: owner.name, displayName: owner.name, role: 'admin', source: 'owner' } as const;
      await signIn(request, reply, options, person);
      return reply.redirect('/', 303);
    },
  );

  function sessionOf(request: FastifyRequest, reply: FastifyReply): Session {
    const { caller } = request;
    return {
      user: caller && { name: caller.identity.name, displayName: caller.displayName, role: caller.role },
      csrfToken: ensureCsrfToken(request, reply, options),
      signIn: { local: users !== null, oidc },
      temporalUiUrl,
      version,
    };
  }
}

/** A new session in each sign-in: one that somebody planted in the browser before is worth nothing. */
export async function signIn(
  request: FastifyRequest,
  reply: FastifyReply,
  { sessions, publicUrl }: Pick<SessionRoutesOptions, 'sessions' | 'publicUrl'>,
  person: SignedIn,
): Promise<void> {
  const before = request.cookies[sessionCookie];
  if (before !== undefined) await sessions.end(before);
  reply.setCookie(sessionCookie, await sessions.begin(person), cookieOptions(request, { publicUrl }));
}
