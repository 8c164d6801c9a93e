import { mayAs } from '../../../src/console/access/caller';
import { rules } from '../../../src/console/access/rules';
import { consoleRoles } from '../../../src/console/api';
import { failure } from '../../../src/contracts/errors';
import { type Console, openConsole, ownerToken, password, runId } from '../harness';

let console_: Console;
const pause = `/api/v1/runs/${encodeURIComponent(runId)}/pause`;
const why = { reason: 'to see' };

beforeAll(async () => {
  console_ = await openConsole();
});
afterAll(() => console_.close());

const guarded = Object.entries(rules).filter(
  ([route, rule]) => rule !== 'anyone' && rule !== 'hook' && !/oidc|events/.test(route),
);
const filled = (path: string) => path.replaceAll(/:\w+/g, 'x');

describe('who may', () => {
  it.each(guarded)('%s: nobody without being signed in, and no lesser role', async (route, rule) => {
    const [method, path] = route.split(' ') as ['GET' | 'POST' | 'DELETE', string];
    const ask = async (headers: Record<string, string>) =>
      (await console_.app.inject({ method, url: filled(path), headers })).statusCode;
    const answers = await Promise.all(
      consoleRoles.map(async (role) => {
        const { secret } = await console_.tokens.create({ name: role, role, by: 'olga', expiresAt: null });
        return [role, await ask({ authorization: `Bearer ${secret}` })] as const;
      }),
    );

    expect(await ask({})).toBe(401);
    for (const [role, status] of answers) {
      expect([role, status === 403]).toEqual([role, !mayAs(role, rule as 'viewer')]);
    }
  });

  it('takes a token that has not expired and was not revoked', async () => {
    const past = await console_.tokens.create({
      name: 'a',
      role: 'viewer',
      by: 'olga',
      expiresAt: '2020-01-01T00:00:00Z',
    });
    const live = await console_.tokens.create({ name: 'b', role: 'viewer', by: 'olga', expiresAt: null });
    const status = async (secret: string) =>
      (await console_.app.inject({ url: '/api/v1/runs', headers: { authorization: `Bearer ${secret}` } })).statusCode;

    expect([await status(past.secret), await status(live.secret), await status(`${live.secret}x`)]).toEqual([
      401, 200, 401,
    ]);
    await console_.tokens.revoke(live.token.id);
    expect(await status(live.secret)).toBe(401);
    const kept = await console_.database.db.selectFrom('console_tokens').selectAll().execute();
    expect(JSON.stringify(kept)).not.toContain(past.secret.split('_')[2]);
  });

  it('never takes a token for the person it is called like', async () => {
    const { secret } = await console_.tokens.create({ name: 'alice', role: 'operator', by: 'olga', expiresAt: null });
    await console_.app.inject({
      method: 'POST',
      url: pause,
      headers: { authorization: `Bearer ${secret}` },
      payload: why,
    });

    expect(console_.client.asked.at(-1)?.input).toEqual({
      by: { name: 'token/alice', source: 'cli' },
      reason: 'to see',
    });
  });
});

describe('a request of a browser', () => {
  it.each([
    ['without the token of its session', { 'x-csrf-token': '' }],
    ['with the token of another session', { 'x-csrf-token': 'AAAA' }],
    ['from a page of somebody else', { origin: 'https://evil.example' }],
    ['from a page without an origin', { origin: 'null' }],
    ['that the browser calls cross-site', { 'sec-fetch-site': 'cross-site' }],
  ])('%s changes nothing', async (_what, headers) => {
    const browser = await console_.browser('operator');
    const before = console_.client.asked.length;
    const { status } = await browser.send('POST', pause, why, headers);

    expect([status, console_.client.asked.length]).toEqual([403, before]);
  });

  it('signs nobody in from a page of somebody else', async () => {
    const browser = await console_.browser('operator');
    const { status } = await browser.send(
      'POST',
      '/api/v1/session',
      { name: 'a-operator', password },
      { origin: 'https://evil.example' },
    );

    expect(status).toBe(403);
  });

  it('gets cookies that no script reads and no other site sends, and a page that runs nothing foreign', async () => {
    const anonymous = await console_.app.inject({ url: '/api/v1/session' });
    const policy = anonymous.headers['content-security-policy'];

    expect(anonymous.headers['set-cookie']).toMatch(/^f0_visit=[\w-]{43}; .*HttpOnly; SameSite=Lax/);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
  });

  it('is of nobody after signing out, and after the user was removed', async () => {
    const left = await console_.browser('viewer');
    await left.send('DELETE', '/api/v1/session');
    const removed = await console_.browser('approver');
    await console_.users.remove('a-approver');

    expect((await left.get('/api/v1/runs')).status).toBe(401);
    expect((await removed.get('/api/v1/runs')).status).toBe(401);
  });
});

describe('signing in', () => {
  it('says the same of an unknown name and a wrong password', async () => {
    // One of its own: tries from an address are counted.
    const fresh = await openConsole();
    const browser = await fresh.browser('viewer');
    const answers = await Promise.all(
      [
        { name: 'a-viewer', password: 'not this password' },
        { name: 'nobody', password },
      ].map((body) => browser.send('POST', '/api/v1/session', body)),
    );
    await fresh.close();

    expect(answers.map(({ status }) => status)).toEqual([401, 401]);
    expect(answers[0]?.body).toEqual(answers[1]?.body);
  });

  it('takes the link of the owner once', async () => {
    const { path } = (
      await console_.app.inject({
        method: 'POST',
        url: '/api/v1/session/links',
        headers: { authorization: `Bearer ${ownerToken}` },
      })
    ).json();
    const first = await console_.app.inject(path);
    const second = await console_.app.inject(path);
    const cookies = first.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    const session = await console_.app.inject({ url: '/api/v1/session', headers: { cookie: cookies } });

    expect([first.statusCode, first.headers.location, second.statusCode]).toEqual([303, '/', 401]);
    expect(session.json().user).toEqual({ name: 'olga', displayName: 'olga', role: 'admin' });
  });

  it('is limited to ten tries a minute', async () => {
    const limited = await openConsole();
    const statuses: number[] = [];
    for (let tries = 0; tries < 12; tries += 1) {
      statuses.push((await limited.app.inject('/api/v1/session/link?code=x')).statusCode);
    }
    await limited.close();

    expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);
  });

  it('says that the database is away, and so do reads', async () => {
    const away = failure('Unavailable', 'the database did not do its work: connection refused');
    const fail = async () => {
      throw away;
    };
    const dark = await openConsole({ sessions: { begin: fail, find: fail, end: fail } });
    const browser = await dark.browser(null);
    await dark.users.put({ name: 'alice', displayName: 'Alice', role: 'viewer' }, password);
    const signIn = await browser.send('POST', '/api/v1/session', { name: 'alice', password });
    const read = await dark.app.inject({ url: '/api/v1/runs', headers: { cookie: 'f0_session=x' } });
    const owner = await dark.app.inject({ url: '/api/v1/runs', headers: { authorization: `Bearer ${ownerToken}` } });
    await dark.close();

    expect([signIn.status, read.statusCode, owner.statusCode]).toEqual([503, 503, 200]);
    expect(JSON.stringify(signIn.body)).toContain('the database did not do its work');
  });
});
