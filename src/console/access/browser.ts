import { createHmac } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { forbidden } from '../errors';
import { newSecret, sameText } from './secrets';
import { sessionSeconds } from './session-store';

// What a browser brings by itself, and how we tell that its request was meant: every request that changes something has
// to come from a page of ours (`Origin`), and to carry a header that only such a page can read the value of.

export interface BrowserOptions {
  /** `https://console.example`; null: the address that the browser used is taken. */
  readonly publicUrl: string | null;
}

/** The id of a session, or of a browser that is not signed in. Both are of 256 random bits. */
export const sessionCookie = 'f0_session';
export const visitCookie = 'f0_visit';

export function cookieOptions(request: FastifyRequest, { publicUrl }: BrowserOptions) {
  const secure = publicUrl === null ? request.protocol === 'https' : publicUrl.startsWith('https:');
  return { path: '/', httpOnly: true, sameSite: 'lax', secure, maxAge: sessionSeconds } as const;
}

/** Bound to the session; to the browser where nobody is signed in, so that nobody is signed in as somebody else. */
export function csrfTokenOf(request: FastifyRequest): string | null {
  const key = request.cookies[sessionCookie] ?? request.cookies[visitCookie];
  return key === undefined ? null : tokenFor(key);
}

/** The token for the browser that asks; one that was never here gets an id first. */
export function ensureCsrfToken(request: FastifyRequest, reply: FastifyReply, options: BrowserOptions): string {
  const known = csrfTokenOf(request);
  if (known !== null) return known;
  const visit = newSecret();
  reply.setCookie(visitCookie, visit, cookieOptions(request, options));
  return tokenFor(visit);
}

/** Throws 403 for a request that a page of somebody else may have made. */
export function assertMeant(request: FastifyRequest, options: BrowserOptions): void {
  const { origin } = request.headers;
  const ours = options.publicUrl === null ? `${request.protocol}://${request.host}` : new URL(options.publicUrl).origin;
  if (origin !== undefined && origin !== ours) {
    throw forbidden(`this request came from a page of ${origin.slice(0, 200)}, not of ${ours}`);
  }
  if (request.headers['sec-fetch-site'] === 'cross-site')
    throw forbidden('this request came from a page of another site');
  const wanted = csrfTokenOf(request);
  const given = request.headers['x-csrf-token'];
  if (wanted === null || typeof given !== 'string' || !sameText(given, wanted)) {
    throw forbidden('the header x-csrf-token is missing or not of this session: GET /api/v1/session has it');
  }
}

function tokenFor(key: string): string {
  return createHmac('sha256', key).update('csrf').digest('base64url');
}
