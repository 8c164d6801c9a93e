import type { PlatformText } from '../../src/activities/kpis';
import { remoteKpis, remotePlatforms } from '../../src/console/api-client';
import { errorCodeOf, failure } from '../../src/contracts/errors';
import type { Identity } from '../../src/contracts/identity';
import type { KpiReader, KpiReport } from '../../src/contracts/kpis';
import { type Console, openConsole, ownerToken as token } from './harness';

const bob: Identity = { name: 'bob', source: 'cli' };
const asked: unknown[] = [];
const report: KpiReport = { from: 'a', to: 'b', namespace: null, delivery: [], slos: [], business: [] };
const applied = { namespace: 'team', name: 'main', appliedAt: '2026-03-01T00:00:00.000Z', appliedBy: 'bob' };

const kpis: KpiReader = {
  report: async (query) => {
    asked.push(query);
    return report;
  },
};
const platforms = {
  list: async () => [applied],
  apply: async ({ text }: PlatformText, by: Identity) => {
    if (text === 'faulty') throw failure('InvalidInput', 'p.yaml:1:1 kind: kind is missing');
    asked.push([text, by]);
    return applied;
  },
};
describe('the API of figures', () => {
  let consoles: readonly Console[];
  let [api, without] = [{ url: '' }, { url: '' }];
  beforeAll(async () => {
    const [figures, none] = [await openConsole({}, { kpis, platforms }), await openConsole()];
    consoles = [figures, none];
    api = { url: await figures.app.listen({ host: '127.0.0.1', port: 0 }) };
    without = { url: await none.app.listen({ host: '127.0.0.1', port: 0 }) };
  });
  afterAll(() => Promise.all(consoles.map((one) => one.close())));
  beforeEach(() => asked.splice(0));
  const get = (path: string) =>
    fetch(`${api.url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } }).then(({ status }) => status);

  it('carries a report of the days, namespace and workflow that are asked for', async () => {
    const remote = remoteKpis({ url: api.url, token });

    expect(await remote.report({ days: 7 })).toEqual(report);
    await remote.report({ days: 30, namespace: 'a&b', workflow: 'shop' });

    expect(asked).toEqual([{ days: 7 }, { days: 30, namespace: 'a&b', workflow: 'shop' }]);
  });

  it('looks at 30 days where nothing is said, and at no more than a year', async () => {
    const statuses = [
      await get('/kpis'),
      await get('/kpis?days=0'),
      await get('/kpis?days=367'),
      await get('/kpis?days=x'),
    ];

    expect(statuses).toEqual([200, 400, 400, 400]);
    expect(asked).toEqual([{ days: 30 }]);
  });

  it('gives nothing to those without the token', async () => {
    const bare = await fetch(`${api.url}/api/v1/kpis`);

    expect(bare.status).toBe(401);
  });

  it('takes a platform, and says what is wrong with one', async () => {
    const remote = remotePlatforms({ url: api.url, token });

    expect(await remote.apply({ file: 'p.yaml', text: 'good' }, bob)).toEqual(applied);
    expect(asked).toEqual([['good', bob]]);
    expect(await remote.list()).toEqual([applied]);
    const refused = await remote.apply({ file: 'p.yaml', text: 'faulty' }, bob).catch((error: unknown) => error);
    expect([errorCodeOf(refused), (refused as Error).message]).toEqual([
      'InvalidInput',
      'p.yaml:1:1 kind: kind is missing',
    ]);
  });

  it('says that a system has no figures', async () => {
    const error = await remoteKpis({ url: without.url, token })
      .report({ days: 7 })
      .catch((caught: Error) => caught.message);

    expect(error).toContain('this system computes no figures');
  });
});
