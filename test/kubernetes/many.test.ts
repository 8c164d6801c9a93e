import { Shop } from './support/shop';
import { describeCluster, useCluster } from './support/use-cluster';

jest.setTimeout(300_000);

const apps = 30;

describeCluster('many deployments at once', () => {
  const cluster = useCluster('staging');

  it('share their watches, and need few requests each', async () => {
    const place = { kubeconfig: cluster.kubeconfig, context: cluster.name, namespace: cluster.namespace };
    const first = new Shop(place);
    const shops = Array.from(
      { length: apps },
      (_, i) => new Shop({ ...place, name: `shop-${i}`, sharedTarget: first }),
    );
    try {
      await Promise.all(shops.map((shop) => shop.serve('1.0.0')));
      const before = await first.target.requestsSent();
      const started = performance.now();
      const ends = await Promise.all(shops.map((shop) => canary(shop)));
      const seconds = (performance.now() - started) / 1000;
      const requests = (await first.target.requestsSent()) - before;
      console.info(
        `${apps} canaries of 5 steps in ${seconds.toFixed(1)} s, ${(requests / apps).toFixed(1)} requests each`,
      );

      for (const end of ends) {
        expect(end.weights).toEqual([{ release: '1.1.0', weight: 100 }]);
        expect(end.replicas).toEqual([{ release: '1.1.0', ready: 3, desired: 3 }]);
      }
      expect(requests / apps).toBeLessThanOrEqual(25);
    } finally {
      await first.close();
    }
  });
});

async function canary(shop: Shop) {
  const steps = [
    [5, 1],
    [25, 1],
    [50, 2],
    [75, 3],
    [100, 3],
  ] as const;
  for (const [weight, replicas] of steps) {
    await shop.prepare('1.1.0', { replicas });
    await shop.shift('1.1.0', weight, '1.0.0');
  }
  await shop.promote('1.1.0');
  return shop.retire('1.0.0');
}
