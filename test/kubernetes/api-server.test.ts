import { waitFor } from '../support/wait-for';
import { startCluster, type TestCluster } from './support/clusters';
import { watchEndpoints } from './support/endpoint-watcher';
import { Shop } from './support/shop';
import { describeTestCluster } from './support/use-cluster';

jest.setTimeout(180_000);

describeTestCluster('an API server that goes away', () => {
  let cluster: TestCluster;
  let shop: Shop;
  beforeAll(async () => {
    cluster = await startCluster('restarted');
    await cluster.kubectl('create', 'namespace', 'teashop');
    shop = new Shop({ kubeconfig: cluster.kubeconfig, context: cluster.name, namespace: 'teashop' });
  });
  afterAll(async () => {
    await shop?.close();
    await cluster?.stop();
  });

  it('in the middle of a prepare is waited for, and nothing is lost', async () => {
    await shop.serve('1.0.0');
    const watcher = await watchEndpoints(cluster.kubeconfig, 'teashop', 'shop');
    shop.pack('1.1.0', { pods: { readyAfter: '3s' } });
    const preparing = shop.prepare('1.1.0');
    await waitFor('pods of the release', async () =>
      (await cluster.kubectl('get', 'pods', '-n', 'teashop', '-o', 'name')).includes('shop-1-1-0'),
    );
    await cluster.stopApiServer();
    await cluster.startApiServer();

    const prepared = await preparing;
    expect(prepared.replicas).toContainEqual({ release: '1.1.0', ready: 3, desired: 3 });
    const shifted = await shop.shift('1.1.0', 100, '1.0.0');
    expect(shifted.weights).toEqual([{ release: '1.1.0', weight: 100 }]);
    await watcher.stop();
    expect(watcher.gaps).toEqual([]);
  });

  it('in the middle of a canary is unavailable to a shift, and a rollback, that are tried again', async () => {
    await shop.promote('1.1.0');
    await shop.retire('1.0.0');
    await shop.prepare('1.2.0', { replicas: 1 });
    const watcher = await watchEndpoints(cluster.kubeconfig, 'teashop', 'shop');
    await cluster.stopApiServer();
    await expect(shop.shift('1.2.0', 25, '1.1.0')).rejects.toMatchObject({ type: 'Unavailable', nonRetryable: false });
    await cluster.startApiServer();
    const split = await shop.shift('1.2.0', 25, '1.1.0');
    expect(split.weights).toContainEqual({ release: '1.2.0', weight: 25 });

    await cluster.stopApiServer();
    await expect(shop.shift('1.1.0', 100, '1.2.0')).rejects.toMatchObject({ type: 'Unavailable', nonRetryable: false });
    await cluster.startApiServer();
    await shop.prepare('1.1.0');
    const back = await shop.shift('1.1.0', 100, '1.2.0');
    expect(back.weights).toEqual([{ release: '1.1.0', weight: 100 }]);
    const end = await shop.retire('1.2.0');
    await watcher.stop();
    expect(end.replicas).toEqual([{ release: '1.1.0', ready: 3, desired: 3 }]);
    expect(watcher.gaps).toEqual([]);
  });
});
