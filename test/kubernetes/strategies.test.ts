import { waitFor } from '../support/wait-for';
import { watchEndpoints } from './support/endpoint-watcher';
import { useShop } from './support/namespaces';
import { digestOf, manifests, type Shop } from './support/shop';
import { describeCluster, useCluster } from './support/use-cluster';

jest.setTimeout(180_000);

describeCluster('the strategies in a cluster', () => {
  const cluster = useCluster('staging');
  const using = useShop(cluster);
  let shop: Shop;
  let namespace: string;
  beforeEach(() => {
    ({ shop, namespace } = using());
  });

  const image = (name: string) =>
    cluster.kubectl(
      'get',
      'deployment',
      name,
      '-n',
      namespace,
      '-o',
      'jsonpath={.spec.template.spec.containers[0].image}',
    );

  it('a release gets no traffic before it is shifted', async () => {
    const state = await shop.prepare('1.0.0');

    expect(state.weights).toEqual([]);
    expect(state.replicas).toEqual([{ release: '1.0.0', ready: 3, desired: 3 }]);
    expect(await image('shop-1-0-0')).toBe(`registry.example.com/teashop/shop@${digestOf('1.0.0')}`);
  });

  it('blue-green: the Service is never without endpoints, there and back', async () => {
    await shop.serve('1.0.0');
    const watcher = await watchEndpoints(cluster.kubeconfig, namespace, 'shop');
    await shop.prepare('1.1.0');
    expect((await shop.describe()).weights).toEqual([{ release: '1.0.0', weight: 100 }]);

    const up = await shop.shift('1.1.0', 100, '1.0.0');
    expect(up.weights).toEqual([{ release: '1.1.0', weight: 100 }]);
    await shop.prepare('1.0.0');
    const back = await shop.shift('1.0.0', 100, '1.1.0');
    expect(back.weights).toEqual([{ release: '1.0.0', weight: 100 }]);
    await shop.promote('1.0.0');
    const end = await shop.retire('1.1.0');

    await watcher.stop();
    expect(end).toMatchObject({ stableRelease: '1.0.0', replicas: [{ release: '1.0.0', ready: 3, desired: 3 }] });
    expect(watcher.changes).toBeGreaterThan(2);
    expect(watcher.gaps).toEqual([]);
  });

  it('rolling: the Deployment of the manifests is updated in place, and back', async () => {
    await shop.prepare('1.0.0', { rolling: true });
    await shop.promote('1.0.0');
    const watcher = await watchEndpoints(cluster.kubeconfig, namespace, 'shop');
    const up = await shop.prepare('1.1.0', { rolling: true });
    expect(up.weights).toEqual([{ release: '1.1.0', weight: 100 }]);
    expect(await image('shop')).toContain(digestOf('1.1.0'));

    await shop.prepare('1.0.0');
    const back = await shop.shift('1.0.0', 100, '1.1.0');
    await shop.promote('1.0.0');
    await shop.retire('1.1.0');

    await watcher.stop();
    expect(back.weights).toEqual([{ release: '1.0.0', weight: 100 }]);
    expect(await image('shop')).toContain(digestOf('1.0.0'));
    expect(watcher.gaps).toEqual([]);
    expect(watcher.changes).toBeGreaterThan(2);
  });

  it('canary by the ratio of replicas', async () => {
    await shop.serve('1.0.0');
    const watcher = await watchEndpoints(cluster.kubeconfig, namespace, 'shop');
    for (const [weight, replicas] of [
      [25, 1],
      [50, 2],
      [75, 3],
    ] as const) {
      await shop.prepare('1.1.0', { replicas });
      const state = await shop.shift('1.1.0', weight, '1.0.0');
      expect(new Map(state.weights.map((one) => [one.release, one.weight]))).toEqual(
        new Map([
          ['1.1.0', weight],
          ['1.0.0', 100 - weight],
        ]),
      );
    }
    await shop.prepare('1.1.0');
    const all = await shop.shift('1.1.0', 100, '1.0.0');
    expect(all.weights).toEqual([{ release: '1.1.0', weight: 100 }]);
    await shop.promote('1.1.0');
    const end = await shop.retire('1.0.0');

    await watcher.stop();
    expect(end).toEqual({
      stableRelease: '1.1.0',
      weights: [{ release: '1.1.0', weight: 100 }],
      replicas: [{ release: '1.1.0', ready: 3, desired: 3 }],
      url: null,
    });
    expect(watcher.gaps).toEqual([]);
  });

  it('a way back takes the traffic with two thirds of the replicas, and is done when all are there', async () => {
    await shop.serve('1.0.0');
    const watcher = await watchEndpoints(cluster.kubeconfig, namespace, 'shop');
    await shop.prepare('1.1.0', { replicas: 2 });
    await shop.shift('1.1.0', 50, '1.0.0');
    // Two pods of each; the third of 1.0.0 is one more than may be.
    await cluster.kubectl('create', 'quota', 'pods', '--hard=pods=4', '-n', namespace);
    const read = (what: string, path: string) =>
      cluster.kubectl('get', what, '-n', namespace, '-o', `jsonpath=${path}`);
    // A share waits for no pod to go: one that is still there would be ready at once, and needs no quota.
    await waitFor('the third of 1.0.0 to be gone, and the quota to count the others', async () => {
      const ready = await read('deployment/shop-1-0-0', '{.status.readyReplicas}');
      return ready === '2' && (await read('quota/pods', '{.status.used.pods}')) === '4';
    });

    await shop.prepare('1.0.0', { goesBack: 'directly' });
    const back = await shop.shift('1.0.0', 100, '1.1.0', { goesBack: 'directly' });

    expect(back.weights).toEqual([{ release: '1.0.0', weight: 100 }]);
    expect(back.replicas).toContainEqual({ release: '1.0.0', ready: 2, desired: 3 });
    await cluster.kubectl('delete', 'quota', 'pods', '-n', namespace);
    await shop.promote('1.0.0');
    const end = await shop.retire('1.1.0');
    await watcher.stop();
    expect(end).toMatchObject({ stableRelease: '1.0.0', replicas: [{ release: '1.0.0', ready: 3, desired: 3 }] });
    expect(watcher.gaps).toEqual([]);
  });

  it('recreate: the old release is gone before the new one starts', async () => {
    await shop.serve('1.0.0');
    const watcher = await watchEndpoints(cluster.kubeconfig, namespace, 'shop');
    const gone = await shop.retire('1.0.0');
    expect(gone.weights).toEqual([]);
    // Here it is meant to be so; and the watcher of the other tests would have seen it.
    await waitFor('the gap', () => watcher.gaps.length > 0);
    await watcher.stop();

    await shop.prepare('1.1.0');
    await shop.shift('1.1.0', 100, '1.0.0');
    const end = await shop.promote('1.1.0');
    expect(end.replicas).toEqual([{ release: '1.1.0', ready: 3, desired: 3 }]);
  });

  it('strategies may follow each other', async () => {
    await shop.prepare('1.0.0', { rolling: true });
    await shop.promote('1.0.0');
    const watcher = await watchEndpoints(cluster.kubeconfig, namespace, 'shop');
    // Blue-green after rolling: the Service is pinned to the old pods before there are new ones.
    const prepared = await shop.prepare('1.1.0');
    expect(prepared.weights).toEqual([{ release: '1.0.0', weight: 100 }]);
    await shop.shift('1.1.0', 100, '1.0.0');
    await shop.promote('1.1.0');
    const green = await shop.retire('1.0.0');
    expect(green.replicas).toEqual([{ release: '1.1.0', ready: 3, desired: 3 }]);

    // Rolling after blue-green, and back again.
    const rolled = await shop.prepare('1.2.0', { rolling: true });
    expect(rolled.weights).toEqual([{ release: '1.2.0', weight: 100 }]);
    await shop.prepare('1.1.0');
    await shop.shift('1.1.0', 100, '1.2.0');
    await shop.promote('1.1.0');
    const end = await shop.retire('1.2.0');

    await watcher.stop();
    expect(end).toMatchObject({ stableRelease: '1.1.0', weights: [{ release: '1.1.0', weight: 100 }] });
    expect(end.replicas).toEqual([{ release: '1.1.0', ready: 3, desired: 3 }]);
    expect(watcher.gaps).toEqual([]);
  });

  it('a canary that somebody deletes is made again', async () => {
    await shop.serve('1.0.0');
    await shop.prepare('1.1.0', { replicas: 1 });
    await cluster.kubectl('delete', 'deployment', 'shop-1-1-0', '-n', namespace);
    await waitFor('the watch to show it', async () => {
      const { replicas } = await shop.describe();
      return replicas.every(({ release }) => release !== '1.1.0');
    });
    await expect(shop.shift('1.1.0', 25, '1.0.0')).rejects.toThrow('prepare it first');
    await shop.prepare('1.1.0', { replicas: 1 });
    const split = await shop.shift('1.1.0', 25, '1.0.0');
    expect(split.weights).toContainEqual({ release: '1.1.0', weight: 25 });
  });

  it('every step done twice is done once', async () => {
    await shop.serve('1.0.0');
    const steps = [
      () => shop.prepare('1.1.0'),
      () => shop.shift('1.1.0', 50, '1.0.0'),
      () => shop.shift('1.1.0', 100, '1.0.0'),
      () => shop.promote('1.1.0'),
      () => shop.retire('1.0.0'),
    ];
    for (const step of steps) {
      const once = await step();
      const before = await shop.target.requestsSent();
      expect(await step()).toEqual(once);
      expect((await shop.target.requestsSent()) - before).toBeLessThanOrEqual(1);
    }
  });

  it('a live Deployment that is rolled over in place goes back to what it was', async () => {
    for (const object of manifests()) await cluster.apply({ ...object, metadata: { ...object.metadata, namespace } });
    await cluster.kubectl('rollout', 'status', 'deployment/shop', '-n', namespace);
    const watcher = await watchEndpoints(cluster.kubeconfig, namespace, 'shop');
    const up = await shop.prepare('1.0.0', { rolling: true });
    expect(up.weights).toEqual([{ release: '1.0.0', weight: 100 }]);

    const back = await shop.retire('1.0.0');

    await watcher.stop();
    expect(back.weights).toEqual([{ release: 'deployment/shop', weight: 100 }]);
    expect(await image('shop')).toBe('registry.example.com/teashop/shop');
    expect(watcher.gaps).toEqual([]);
    expect(watcher.changes).toBeGreaterThan(2);
  });

  it('a live Deployment that nobody told us of keeps its traffic, and its pods', async () => {
    const [deployment, service] = manifests();
    const live = [deployment, service].map((object) => ({ ...object, metadata: { ...object?.metadata, namespace } }));
    for (const object of live) await cluster.apply(object);
    await cluster.kubectl('rollout', 'status', 'deployment/shop', '-n', namespace);
    const watcher = await watchEndpoints(cluster.kubeconfig, namespace, 'shop');
    const pods = () =>
      cluster.kubectl('get', 'pods', '-n', namespace, '-l', 'app=shop,!framework0.io/app', '-o', 'name');
    const before = await pods();

    const prepared = await shop.prepare('1.0.0');
    expect(prepared.weights).toEqual([{ release: 'deployment/shop', weight: 100 }]);
    expect(await pods()).toBe(before);
    const split = await shop.shift('1.0.0', 50, null);
    expect(split.weights).toContainEqual({ release: '1.0.0', weight: 50 });
    await shop.shift('1.0.0', 100, null);
    const back = await shop.retire('1.0.0');

    await watcher.stop();
    expect(back.weights).toEqual([{ release: 'deployment/shop', weight: 100 }]);
    expect(watcher.gaps).toEqual([]);
  });
});
