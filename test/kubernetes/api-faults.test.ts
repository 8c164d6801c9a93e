import { until } from '../support/wait-for';
import { failed, passed } from '../workflows/world';
import { watchEndpoints } from './support/endpoint-watcher';
import type { Asked, Fault } from './support/fault-proxy';
import { useFaultyShop } from './support/faulty-shop';
import { told } from './support/told';
import { describeTestCluster, useCluster } from './support/use-cluster';

jest.setTimeout(180_000);

/** One after the other they meet a request and its next tries; Temporal waits longer each time. */
const times = 3;

describeTestCluster('an API server that answers with faults, during a whole canary', () => {
  const cluster = useCluster('staging');
  const at = useFaultyShop(cluster);

  /** Deploys 1.1.0 while `faults` come, and checks that it is as if there had been none. */
  async function canaryWith(faults: readonly Fault[], meanwhile: () => void = () => {}): Promise<void> {
    const watcher = await watchEndpoints(cluster.kubeconfig, at.namespace, 'shop');
    for (const fault of faults) at.proxy.inject(fault);
    at.deploying.world.analyze = async () => {
      meanwhile();
      return passed();
    };

    const end = await at.deploying.deploy(at.shop, '1.1.0');

    await watcher.stop();
    expect(end).toMatchObject({ phase: 'succeeded', reason: '1.1.0 serves', servingRelease: '1.1.0' });
    expect(await at.shop.describe()).toEqual({
      stableRelease: '1.1.0',
      weights: [{ release: '1.1.0', weight: 100 }],
      replicas: [{ release: '1.1.0', ready: 3, desired: 3 }],
      url: null,
    });
    expect(watcher.gaps).toEqual([]);
    // One Deployment, with pods of one template: nothing was made twice.
    expect(await names('deployments')).toEqual(['deployment.apps/shop-1-1-0']);
    // That of 1.0.0 goes some time after its Deployment.
    await until(
      () => names('replicasets'),
      (found) => found.length === 1,
    );
    expect(await names('services')).toEqual(['service/shop']);
  }

  async function names(kinds: string): Promise<string[]> {
    const listed = await cluster.kubectl('get', kinds, '-n', at.namespace, '-o', 'name');
    return listed.split('\n').filter(Boolean);
  }

  const isWrite = ({ method }: Asked) => method !== 'GET';

  it.each([500, 504])('%i: what was not done is done again', async (status) => {
    await canaryWith([{ status, reason: 'ServiceUnavailable', times, meets: isWrite }]);
    expect(at.proxy.failed.length).toBeGreaterThanOrEqual(2);
  });

  it('503, and it was done all the same: it is not done twice', async () => {
    await canaryWith([{ status: 503, reason: 'ServiceUnavailable', times, meets: isWrite, carriedOut: true }]);
    expect(at.proxy.failed.length).toBeGreaterThanOrEqual(2);
  });

  it('429 with Retry-After: it comes back when it was told to, and no sooner', async () => {
    const headers = { 'retry-after': '2' };
    await canaryWith([{ status: 429, reason: 'TooManyRequests', times: 2, headers, meets: isWrite }]);

    const writes = at.proxy.log.filter(isWrite);
    const [one, other, then] = writes.slice(writes.findIndex(({ failed }) => failed)).map(({ at }) => at);
    expect(at.proxy.failed).toHaveLength(2);
    // Less a little, because Temporal's clock and ours are two.
    expect(Number(other) - Number(one)).toBeGreaterThan(1_900);
    expect(Number(then) - Number(other)).toBeGreaterThan(1_900);
  });

  it('429 without Retry-After is told as such, and may be tried again', async () => {
    at.proxy.inject({ status: 429, reason: 'TooManyRequests', times: 1, meets: isWrite });
    const step = at.shop.prepare('1.1.0');
    expect(await told(step)).toMatch(/^RateLimited: cluster "test": .* asked too often$/);
    await expect(step).rejects.toMatchObject({ nonRetryable: false });
  });

  it('410 for watches that go on from too long ago: they begin anew, and have missed nothing', async () => {
    let cuts = 0;
    await canaryWith([{ status: 410, reason: 'Expired', times: 10, meets: ({ isWatch }) => isWatch }], () => {
      cuts += 1;
      at.proxy.cutWatches();
    });
    expect(cuts).toBe(2);
    expect(at.proxy.failed.length).toBeGreaterThanOrEqual(5);
    expect(at.proxy.failed.every(({ isWatch }) => isWatch)).toBe(true);
  });

  it('503 for the watches and every second request at once, and cut watches', async () => {
    let odd = false;
    const everySecond = ({ isWatch }: Asked) => {
      if (isWatch) return false;
      odd = !odd;
      return odd;
    };
    await canaryWith(
      [
        { status: 503, reason: 'ServiceUnavailable', times: 4, meets: everySecond },
        { status: 503, reason: 'ServiceUnavailable', times: 10, meets: ({ isWatch }) => isWatch },
      ],
      () => at.proxy.cutWatches(),
    );
    expect(at.proxy.failed.filter(({ isWatch }) => isWatch).length).toBeGreaterThanOrEqual(5);
    expect(at.proxy.failed.filter(({ isWatch }) => !isWatch).length).toBeGreaterThanOrEqual(2);
  });

  it('a release that is taken back under faults goes back, and nothing of it is left', async () => {
    at.deploying.world.analyze = async () => {
      at.proxy.cutWatches();
      at.proxy.inject({ status: 503, reason: 'ServiceUnavailable', times, meets: isWrite, carriedOut: true });
      return failed();
    };

    const end = await at.deploying.deploy(at.shop, '1.1.0');

    expect(end.phase).toBe('rolled_back');
    expect(await names('deployments')).toEqual(['deployment.apps/shop-1-0-0']);
    expect((await at.shop.describe()).weights).toEqual([{ release: '1.0.0', weight: 100 }]);
  });
});
