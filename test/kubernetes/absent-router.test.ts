import { useShop } from './support/namespaces';
import { previewOf } from './support/previews';
import { manifests } from './support/shop';
import { told } from './support/told';
import { describeTestCluster, useCluster } from './support/use-cluster';

jest.setTimeout(180_000);

const route = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'shop' },
  spec: { parentRefs: [{ name: 'gateway' }], rules: [{ backendRefs: [{ name: 'shop', port: 80 }] }] },
};

describeTestCluster('a cluster that does not know the kind of the router', () => {
  // The clusters that all share may have been given it by another test.
  const cluster = useCluster('without-routers');

  describe('with a route in the manifests', () => {
    const using = useShop(cluster, { extra: [route] });
    const refusal =
      'cluster "test" does not know HTTPRoute of gateway.networking.k8s.io/v1: install its CustomResourceDefinition, or take the object out of the manifests';

    it('is told by the plan', async () => {
      const { shop, kubectl } = using();

      const preview = await previewOf(shop, '1.0.0', [...manifests(), route]);

      expect(preview.refused).toEqual([refusal]);
      expect(await kubectl('get', 'deployments,services', '-o', 'name')).toBe('');
    });

    it('is told by the run, before there is a pod', async () => {
      const { shop, kubectl } = using();

      expect(await told(shop.prepare('1.0.0'))).toBe(`NotFound: ${refusal}`);

      expect(await kubectl('get', 'deployments,services,pods', '-o', 'name')).toBe('');
    });
  });

  describe('that the platform asks for', () => {
    const using = useShop(cluster, { router: 'gateway' });
    const refusal =
      'cluster "test" has router gateway, and does not know HTTPRoute (gateway.networking.k8s.io/v1): install its CustomResourceDefinition, or set router to auto';

    it('is told by the plan', async () => {
      const { shop } = using();
      expect((await previewOf(shop, '1.0.0')).refused).toEqual([refusal]);
    });

    it('is told by the run, before there is a pod', async () => {
      const { shop, kubectl } = using();

      expect(await told(shop.prepare('1.0.0', { replicas: 1 }))).toBe(`NotFound: ${refusal}`);

      expect(await kubectl('get', 'deployments,pods', '-o', 'name')).toBe('');
    });
  });
});
