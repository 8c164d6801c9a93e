import { createOidcSignIn, type OidcSettings, personOf } from '../../../src/console/access/oidc';
import { freePort } from '../../support/free-port';
import { clientSecret, type OidcProvider, startOidcProvider } from '../../support/oidc-provider';
import { type Console, openConsole } from '../harness';

const callback = 'http://localhost:80/api/v1/session/oidc/callback';
let provider: OidcProvider;
let console_: Console;
let settings: OidcSettings;

beforeAll(async () => {
  provider = await startOidcProvider(await freePort(), new URL(callback).href);
  settings = {
    issuer: provider.issuer,
    clientId: 'console',
    clientSecret,
    scopes: ['profile'],
    nameClaim: 'preferred_username',
    roleClaim: 'groups',
    roles: { 'release-board': 'approver', staff: 'viewer' },
  };
  console_ = await openConsole({
    oidc: {
      issuer: 'https://idp.example',
      label: 'idp',
      begin: (uri) => signInBy().begin(uri),
      finish: (url, state) => signInBy().finish(url, state),
    },
  });
});
afterAll(async () => {
  await console_.close();
  await provider.stop();
});

let known: ReturnType<typeof createOidcSignIn> | null = null;
function signInBy() {
  known ??= createOidcSignIn(settings, console_.database);
  return known;
}

/** What a browser does at the provider: follows it until it sends it back to us. */
async function goThere(start: string): Promise<URL> {
  const cookies = new Map<string, string>();
  let url = start;
  for (let steps = 0; steps < 8; steps += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie } });
    for (const one of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = one.split(';')[0]?.split('=') ?? [];
      if (value !== '') cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    if (location === null) throw new Error(`${answer.status} ${await answer.text()}`);
    url = new URL(location, url).href;
    if (new URL(url).hostname === 'localhost') return new URL(url);
  }
  throw new Error(`led astray to ${url}`);
}

async function begin() {
  const answer = await console_.app.inject({ url: '/api/v1/session/oidc', headers: { host: 'localhost:80' } });
  const [cookie] = answer.cookies;
  return { location: String(answer.headers.location), cookie: `${cookie?.name}=${cookie?.value}` };
}

async function comeBack({ pathname, search }: URL, cookie: string) {
  return console_.app.inject({ url: `${pathname}${search}`, headers: { host: 'localhost:80', cookie } });
}

describe('sign-in by an identity provider', () => {
  it('lets in who has a role, under the name of the claim', async () => {
    const { location, cookie } = await begin();
    const back = await comeBack(await goThere(location), cookie);
    const session = back.cookies.find(({ name }) => name === 'f0_session');
    const answer = await console_.app.inject({
      url: '/api/v1/session',
      headers: { cookie: `f0_session=${session?.value}` },
    });

    expect(new URL(location).searchParams.get('code_challenge_method')).toBe('S256');
    expect([back.statusCode, back.headers.location, back.body]).toEqual([303, '/', '']);
    expect(answer.json()).toMatchObject({
      user: { name: 'alice', displayName: 'The alice', role: 'approver' },
      signIn: { local: true, oidc: { label: 'idp' } },
    });
  });

  it('takes an answer once, in the browser that asked, and to the question that was asked', async () => {
    const { location, cookie } = await begin();
    const url = await goThere(location);
    const foreign = await comeBack(url, 'f0_oidc=of-somebody-else');
    const bare = await comeBack(url, '');
    const good = await comeBack(url, cookie);
    const again = await comeBack(url, cookie);

    expect([foreign, bare, good, again].map(({ statusCode }) => statusCode)).toEqual([401, 401, 303, 401]);
  });

  it('takes no code that was given out for another question', async () => {
    const first = await begin();
    const second = await begin();
    const url = await goThere(first.location);
    url.searchParams.set('state', new URL(second.location).searchParams.get('state') ?? '');

    expect((await comeBack(url, second.cookie)).statusCode).toBe(401);
  });

  it('says why somebody without a role is not let in', async () => {
    const { location, cookie } = await begin();
    const url = new URL(location);
    url.searchParams.set('login_hint', 'mallory');
    const back = await comeBack(await goThere(url.href), cookie);

    expect([back.statusCode, back.json().error.message]).toEqual([
      401,
      'mallory has no role here: none of release-board, staff is in the claim "groups"',
    ]);
  });

  it('says that the provider is away', async () => {
    const away = createOidcSignIn({ ...settings, issuer: 'http://127.0.0.1:9' }, console_.database);

    await expect(away.begin(callback)).rejects.toThrow('the identity provider http://127.0.0.1:9 does not answer');
  });

  it('takes the highest of several roles, and no address that was not verified', () => {
    const claims = {
      preferred_username: 'bob',
      groups: ['staff', 'release-board'],
      email: 'b@x',
      email_verified: false,
    };

    expect(personOf(claims, settings).role).toBe('approver');
    expect(() => personOf(claims, { ...settings, nameClaim: 'email' })).toThrow('has not verified the address b@x');
    expect(() => personOf({ groups: 'staff' }, settings)).toThrow('gave no claim "preferred_username"');
  });
});
