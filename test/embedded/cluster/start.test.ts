import { until } from '../../support/wait-for';
import { environmentAt, isAlive, patient, prepareInput, ref, TestCluster } from './test-cluster';

describe('starting a release in the local cluster', () => {
  let cluster: TestCluster;

  beforeAll(async () => {
    cluster = await TestCluster.start();
  });

  async function replicaPid(): Promise<number> {
    return Number((await cluster.status()).releases[0]?.replicas[0]?.pid);
  }

  afterEach(async () => {
    await cluster.target.retire(ref('1.0.0'), patient);
  });

  afterAll(async () => {
    await cluster.end();
  });

  it('fails early, with its last words, when it crashes again and again', async () => {
    await expect(
      cluster.target.prepare(
        prepareInput('1.0.0', { env: { CRASH: 'at-start' }, progressDeadlineSeconds: 60 }),
        patient,
      ),
    ).rejects.toMatchObject({
      type: 'CommandFailed',
      nonRetryable: true,
      message: expect.stringMatching(
        /does not stay up: its process ended with exit code 3 \(started \d times\)[\s\S]*no database at 10\.0\.0\.1/,
      ),
    });
  });

  it('fails at the progress deadline when it never becomes healthy', async () => {
    // Long enough for its processes to start and to say so.
    await expect(
      cluster.target.prepare(prepareInput('1.0.0', { env: { HEALTH: 'never' }, progressDeadlineSeconds: 10 }), patient),
    ).rejects.toMatchObject({
      type: 'CommandFailed',
      message: expect.stringMatching(
        /no progress for 10 s: 0 of 2 replicas of 1\.0\.0 are ready[\s\S]*release 1\.0\.0 starts/,
      ),
    });
  });

  it('fails when the command does not exist', async () => {
    const input = prepareInput('1.0.0');

    await expect(
      cluster.target.prepare({ ...input, app: { ...input.app, start: 'no-such-command' } }, patient),
    ).rejects.toMatchObject({ type: 'CommandFailed', message: expect.stringContaining('no-such-command') });
  });

  it('has its effect once, however often it is asked', async () => {
    await cluster.target.prepare(prepareInput('1.0.0'), patient);
    const before = (await cluster.status()).releases[0]?.replicas.map(({ pid }) => pid);

    await cluster.target.prepare(prepareInput('1.0.0'), patient);
    await cluster.target.promote(ref('1.0.0'), patient);
    const again = await cluster.target.promote(ref('1.0.0'), patient);

    expect((await cluster.status()).releases[0]?.replicas.map(({ pid }) => pid)).toEqual(before);
    expect(again.replicas).toEqual([{ release: '1.0.0', ready: 2, desired: 2 }]);
  });

  it('scales up and down', async () => {
    await cluster.serve('1.0.0', 1);
    const up = await cluster.target.prepare(prepareInput('1.0.0', { replicas: 3 }), patient);
    const down = await cluster.target.prepare(prepareInput('1.0.0', { replicas: 1 }), patient);

    expect(up.replicas).toEqual([{ release: '1.0.0', ready: 3, desired: 3 }]);
    expect(down.replicas[0]?.desired).toBe(1);
  });

  it('replaces the replicas of a release whose environment changed, and serves meanwhile', async () => {
    const url = await cluster.serve('1.0.0', 1);
    const before = await replicaPid();

    await cluster.target.prepare(prepareInput('1.0.0', { replicas: 1, env: { COLOUR: 'red' } }), patient);
    const env = await environmentAt(url);

    expect(env.COLOUR).toBe('red');
    await until(replicaPid, (pid) => pid !== before);
  });

  it('gives a replica no more of our environment than it needs', async () => {
    const url = await cluster.serve('1.0.0', 1);
    const env = await environmentAt(url);

    const known = /^(HOME|LANG|LC_ALL|TMPDIR|TZ|USER|PATH|PORT|PWD|SHLVL|OLDPWD|_|F0_(RELEASE|ENVIRONMENT|CLUSTER))$/;
    expect(Object.keys(env).filter((name) => !known.test(name))).toEqual([]);
  });

  it.each([
    { how: 'is stopped', end: () => cluster.target.retire(ref('1.0.0'), patient) },
    { how: 'dies', end: async () => process.kill(await replicaPid(), 'SIGKILL') },
  ])('ends what a replica started when it $how', async ({ end }) => {
    const url = await cluster.serve('1.0.0', 1);
    const child = Number(await (await fetch(`${url}/fork`)).text());
    expect(isAlive(child)).toBe(true);

    await end();

    await until(
      () => isAlive(child),
      (alive) => !alive,
    );
  });

  it('refuses another content under the name of a release that runs', async () => {
    await cluster.serve('1.0.0', 1);

    await expect(
      cluster.target.prepare(prepareInput('1.0.0', { digest: 'sha256:other' }), patient),
    ).rejects.toMatchObject({ type: 'Conflict', message: expect.stringContaining('new version') });
  });

  it('refuses traffic for a release that was never prepared', async () => {
    await cluster.serve('1.0.0', 1);

    await expect(
      cluster.target.shift({ ...ref('9.9.9'), weight: 50, otherRelease: '1.0.0' }, patient),
    ).rejects.toMatchObject({ type: 'NotFound' });
    expect((await cluster.target.describe({ ...ref('1.0.0'), app: 'web' })).weights).toEqual([
      { release: '1.0.0', weight: 100 },
    ]);
  });

  it('has retired what never ran, and describes what never was', async () => {
    const elsewhere = { ...ref('1.0.0'), environment: 'nowhere' };
    const nothing = { stableRelease: null, weights: [], replicas: [], url: null };

    expect(await cluster.target.retire(elsewhere, patient)).toEqual(nothing);
    expect(await cluster.target.describe({ ...elsewhere, app: 'web' })).toEqual(nothing);
  });

  it('names the scrape addresses of a release, and none where there are no metrics', async () => {
    await cluster.serve('1.0.0', 2);
    const metrics = { path: '/env', requests: 'r', statusLabel: 's', duration: 'd' };
    const source = { name: 'builtin', type: 'builtin' as const, url: null, secret: null, queries: {} };
    const target = { ...ref('1.0.0'), app: 'web', source, appMetrics: metrics };

    const endpoints = await cluster.target.endpoints(target);
    const environments = await Promise.all(endpoints.map(({ url }) => environmentAt(url)));

    expect(new Set(endpoints.map(({ replica }) => replica)).size).toBe(2);
    expect(environments.map(({ F0_RELEASE }) => F0_RELEASE)).toEqual(['1.0.0', '1.0.0']);
    expect(await cluster.target.endpoints({ ...target, release: '0.9.0' })).toEqual([]);
    expect(await cluster.target.endpoints({ ...target, appMetrics: null })).toEqual([]);
  });
});
