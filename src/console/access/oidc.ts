import * as client from 'openid-client';
import { failure, rootMessage } from '../../contracts/errors';
import { answering, type Database } from '../../database';
import { type ConsoleRole, consoleRoles } from '../api';
import { unauthenticated } from '../errors';
import { hashOfSecret } from './secrets';

export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  /** Null: a public client, which PKCE alone protects. */
  readonly clientSecret: string | null;
  readonly scopes: readonly string[];
  /** The claim that names a person to approvals and the audit trail. */
  readonly nameClaim: string;
  /** The claim that has their groups or roles: a text, or a list of them. */
  readonly roleClaim: string;
  /** What a value of it makes of them here. */
  readonly roles: Readonly<Record<string, ConsoleRole>>;
}

export interface OidcPerson {
  readonly name: string;
  readonly displayName: string;
  readonly role: ConsoleRole;
}

export interface OidcSignIn {
  readonly issuer: string;
  readonly label: string;
  /** Where the browser goes; `state` is to be kept with it until it comes back. */
  begin(redirectUri: string): Promise<{ readonly url: string; readonly state: string }>;
  /** Who came back. Throws 401 for anything that is not the answer to that very question. */
  finish(callback: URL, state: string): Promise<OidcPerson>;
}

/** How long somebody may take at their identity provider. */
const patienceMs = 10 * 60_000;
const requestSeconds = 10;

/**
 * Sign-in by OpenID Connect: authorization code with PKCE, `state` and `nonce`. What belongs to a question is kept in the
 * database, so that any replica takes the answer, once.
 */
export function createOidcSignIn(settings: OidcSettings, { db }: Database, now: () => number = Date.now): OidcSignIn {
  const provider = discovery(settings);
  return {
    issuer: settings.issuer,
    label: new URL(settings.issuer).hostname,
    async begin(redirectUri) {
      const found = await provider();
      const state = client.randomState();
      const nonce = client.randomNonce();
      const verifier = client.randomPKCECodeVerifier();
      const at = now();
      await answering(async () => {
        await db.deleteFrom('console_sign_ins').where('expires_at', '<', at).execute();
        const row = { state_hash: hashOfSecret(state), nonce, verifier, expires_at: at + patienceMs };
        await db.insertInto('console_sign_ins').values(row).execute();
      });
      const url = client.buildAuthorizationUrl(found, {
        redirect_uri: redirectUri,
        scope: ['openid', ...settings.scopes.filter((scope) => scope !== 'openid')].join(' '),
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
      });
      return { url: url.href, state };
    },
    async finish(callback, state) {
      const asked = await answering(() =>
        db
          .deleteFrom('console_sign_ins')
          .where('state_hash', '=', hashOfSecret(state))
          .where('expires_at', '>', now())
          .returning(['nonce', 'verifier'])
          .executeTakeFirst(),
      );
      if (!asked) throw unauthenticated('this sign-in was finished already, or took too long: begin again');
      const found = await provider();
      const tokens = await client
        .authorizationCodeGrant(found, callback, {
          expectedState: state,
          expectedNonce: asked.nonce,
          pkceCodeVerifier: asked.verifier,
          idTokenExpected: true,
        })
        .catch((error: unknown) => {
          throw unauthenticated(`${settings.issuer} did not sign you in: ${reasonOf(error)}`);
        });
      const idToken = tokens.claims();
      if (!idToken) throw unauthenticated(`${settings.issuer} sent no ID token`);
      // Providers may keep groups for their userinfo endpoint.
      const info =
        settings.roleClaim in idToken || !found.serverMetadata().userinfo_endpoint
          ? {}
          : await client.fetchUserInfo(found, tokens.access_token, idToken.sub).catch(() => ({}));
      return personOf({ ...info, ...idToken }, settings);
    },
  };
}

/** Who the claims are about, and the highest role that their values map to. Throws 401 where that is nobody. */
export function personOf(claims: Readonly<Record<string, unknown>>, settings: OidcSettings): OidcPerson {
  const { nameClaim, roleClaim, roles, issuer } = settings;
  const name = claims[nameClaim];
  if (typeof name !== 'string' || name === '') {
    throw unauthenticated(
      `${issuer} gave no claim "${nameClaim}", which names people here: name_claim says which one does`,
    );
  }
  if (nameClaim === 'email' && claims.email_verified === false) {
    throw unauthenticated(`${issuer} has not verified the address ${name}`);
  }
  const values = [claims[roleClaim]].flat().filter((value): value is string => typeof value === 'string');
  const mapped = values.flatMap((value) => (Object.hasOwn(roles, value) ? [roles[value]] : []));
  const role = consoleRoles.findLast((one) => mapped.includes(one));
  if (!role) {
    const known = Object.keys(roles).join(', ');
    throw unauthenticated(`${name} has no role here: none of ${known} is in the claim "${roleClaim}"`);
  }
  const displayName = typeof claims.name === 'string' && claims.name !== '' ? claims.name : name;
  return { name, displayName, role };
}

/** Asked for once it is needed, and again after a failure: the console starts while the provider is away. */
function discovery(settings: OidcSettings): () => Promise<client.Configuration> {
  const { issuer, clientId, clientSecret } = settings;
  let found: Promise<client.Configuration> | null = null;
  const isLocal = ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(issuer).hostname);
  return () => {
    found ??= client
      .discovery(
        new URL(issuer),
        clientId,
        {},
        clientSecret === null ? client.None() : client.ClientSecretBasic(clientSecret),
        // Only a provider on this very machine may be without TLS.
        { timeout: requestSeconds, execute: isLocal ? [client.allowInsecureRequests] : [] },
      )
      .catch((error: unknown) => {
        found = null;
        throw failure('Unavailable', `the identity provider ${issuer} does not answer: ${reasonOf(error)}`, {
          cause: error,
        });
      });
    return found;
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof client.AuthorizationResponseError || error instanceof client.ResponseBodyError) {
    return error.error_description ?? error.error;
  }
  return rootMessage(error);
}
