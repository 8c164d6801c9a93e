import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeploymentPlan } from '../../src/definition/release-plan';
import { waitFor } from '../support/wait-for';
import { failed, passed } from '../workflows/world';
import { blueGreen, canary, useDeploying } from './support/deploying';
import { watchEndpoints } from './support/endpoint-watcher';
import { writeKubeconfig } from './support/kubeconfig';
import { Shop } from './support/shop';
import { describeTestCluster, useCluster } from './support/use-cluster';

jest.setTimeout(180_000);

describeTestCluster('two clusters as the regions of one environment, in waves of one', () => {
  const clusters = { eu: useCluster('staging'), us: useCluster('production') };
  let shops: Readonly<Record<'eu' | 'us', Shop>>;
  let count = 0;

  beforeEach(async () => {
    count += 1;
    const [eu, us] = await Promise.all(
      Object.values(clusters).map(async (cluster) => {
        const namespace = `${cluster.namespace}-${count}`;
        await cluster.kubectl('create', 'namespace', namespace);
        return new Shop({ kubeconfig: cluster.kubeconfig, context: cluster.name, namespace });
      }),
    );
    if (!eu || !us) throw new Error('there are two');
    shops = { eu, us };
  });
  // One target has all clusters, as a worker has one.
  const deploying = useDeploying(() => shops.eu.target);
  afterEach(async () => {
    await Promise.all(
      (['eu', 'us'] as const).map(async (region) => {
        const { namespace } = shops[region];
        await shops[region].close();
        await clusters[region].kubectl('delete', 'namespace', namespace, '--wait=false');
      }),
    );
  });

  const place = (region: 'eu' | 'us', settings: object = {}) => {
    const { cluster, namespace } = shops[region];
    return { region, cluster: { ...cluster, name: region, settings: { ...cluster.settings, namespace, ...settings } } };
  };
  const wave = (region: ReturnType<typeof place>) => ({ regions: [region], maxParallel: 1, soak: null });
  // It is also what the region that answers has, on a machine that is busy.
  const policy = (policy: 'skip' | 'wait' | 'fail', afterSeconds = 10) => ({ unreachable: { policy, afterSeconds } });
  const waves = (us = place('us'), more: Partial<DeploymentPlan> = policy('fail', 20)) => ({
    waves: [wave(place('eu')), wave(us)],
    ...more,
  });
  /** Nobody listens there. */
  const unreachable = () => place('us', { kubeconfig: deadKubeconfig() });

  function deadKubeconfig(): string {
    const file = join(folder, 'dead.kubeconfig');
    writeKubeconfig(file, 'production', 'nobody', {
      server: 'https://127.0.0.1:1',
      certificateAuthority: '',
      token: 'none',
    });
    return file;
  }

  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'f0-regions-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function serving(): Promise<unknown> {
    const [eu, us] = await Promise.all([shops.eu.describe(), shops.us.describe()]);
    return { eu: eu.weights, us: us.weights };
  }
  const all = (release: string) => [{ release, weight: 100 }];

  async function serveFirst(): Promise<void> {
    const end = await deploying().deploy(shops.eu, '1.0.0', blueGreen, waves());
    expect(end).toMatchObject({ phase: 'succeeded', reason: '1.0.0 serves in eu, us' });
  }

  it('a release goes through both', async () => {
    await serveFirst();
    const end = await deploying().deploy(shops.eu, '1.1.0', canary, waves());

    expect(end).toMatchObject({ phase: 'succeeded', reason: '1.1.0 serves in eu, us' });
    expect(await serving()).toEqual({ eu: all('1.1.0'), us: all('1.1.0') });
  });

  it('one that is faulty in the second goes back in both, and no Service is without endpoints', async () => {
    await serveFirst();
    const watchers = await Promise.all(
      (['eu', 'us'] as const).map((region) =>
        watchEndpoints(clusters[region].kubeconfig, shops[region].namespace, 'shop'),
      ),
    );
    deploying().world.analyze = async ({ target }) => (target.region === 'us' ? failed('error_rate was 9%') : passed());

    const end = await deploying().deploy(shops.eu, '1.1.0', canary, waves());

    expect(end).toMatchObject({
      phase: 'rolled_back',
      reason: 'us: at 25% is fail: error_rate was 9%; eu: 1.0.0 serves; us: 1.0.0 serves',
    });
    expect(await serving()).toEqual({ eu: all('1.0.0'), us: all('1.0.0') });
    await Promise.all(watchers.map((watcher) => watcher.stop()));
    for (const { changes, gaps } of watchers) {
      expect(changes).toBeGreaterThan(2);
      expect(gaps).toEqual([]);
    }
  });

  describe('the second of which cannot be reached', () => {
    beforeEach(serveFirst);

    it('skip: it is left as it is, and the result names it', async () => {
      const end = await deploying().deploy(shops.eu, '1.1.0', canary, waves(unreachable(), policy('skip')));

      expect(end.phase).toBe('succeeded');
      expect(end.reason).toMatch(/^1\.1\.0 serves in eu; us: skipped, and left on 1\.0\.0: us did not answer for 10 s/);
      expect(await serving()).toEqual({ eu: all('1.1.0'), us: all('1.0.0') });
    });

    it('fail: the first one goes back', async () => {
      const end = await deploying().deploy(shops.eu, '1.1.0', canary, waves(unreachable(), policy('fail')));

      expect(end.phase).toBe('rolled_back');
      expect(end.reason).toMatch(
        /^us: us did not answer for 10 s: .*; eu: 1\.0\.0 serves; us: 1\.0\.0 serves, untouched$/s,
      );
      expect(await serving()).toEqual({ eu: all('1.0.0'), us: all('1.0.0') });
    });

    it('wait: it goes on as soon as it answers', async () => {
      const region = unreachable();
      const run = await deploying().begin(shops.eu, '1.1.0', canary, waves(region, policy('wait', 60)));
      const { workflow } = deploying().environment.client;
      const isAskedInVain = async () => {
        const { raw } = await workflow.getHandle(run).describe();
        return (raw.pendingActivities ?? []).some(
          ({ activityType, lastFailure }) => activityType?.name === 'describeTraffic' && lastFailure,
        );
      };
      // After the whole canary in the first region.
      await waitFor('it to be asked in vain', isAskedInVain, { timeoutMs: 90_000 });
      copyFileSync(clusters.us.kubeconfig, join(folder, 'dead.kubeconfig'));
      await shops.eu.target.close();

      expect(await deploying().end(run)).toMatchObject({ phase: 'succeeded', reason: '1.1.0 serves in eu, us' });
      expect(await serving()).toEqual({ eu: all('1.1.0'), us: all('1.1.0') });
    });
  });
});
