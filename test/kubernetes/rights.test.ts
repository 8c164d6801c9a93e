import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { waitFor } from '../support/wait-for';
import { installGatewayApi } from './support/router-resources';
import { Shop } from './support/shop';
import { describeTestCluster, useCluster } from './support/use-cluster';

jest.setTimeout(180_000);

/** The Role that the documentation gives. */
function documentedRole(): { metadata: object } {
  const page = readFileSync(join(__dirname, '../../docs/concepts/kubernetes.md'), 'utf8');
  const block = /```yaml\n(apiVersion: rbac[\s\S]*?)```/.exec(page)?.[1];
  if (!block) throw new Error('the page has no Role');
  return parse(block) as { metadata: object };
}

describeTestCluster('the rights that the documentation names', () => {
  const cluster = useCluster('staging');

  it('are enough for a canary by a router, and its way back', async () => {
    const { namespace } = cluster;
    await installGatewayApi(cluster);
    await cluster.apply({ ...documentedRole(), metadata: { name: 'framework0-deployer', namespace } });
    await cluster.kubectl(
      'create',
      'rolebinding',
      'deployer',
      '--role=framework0-deployer',
      '--user=deployer',
      '-n',
      namespace,
    );
    const kubeconfig = cluster.kubeconfigFor('deployer');
    const mayDeploy = ['--kubeconfig', kubeconfig, '-n', namespace, 'auth', 'can-i', 'patch', 'deployments'];
    await waitFor('the role binding to hold', () => cluster.kubectl(...mayDeploy));
    const route = {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'shop' },
      spec: { parentRefs: [{ name: 'gateway' }], rules: [{ backendRefs: [{ name: 'shop', port: 80 }] }] },
    };
    const configuration = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'shop' }, data: { level: 'info' } };
    const shop = new Shop({
      kubeconfig,
      context: cluster.name,
      namespace,
      extra: [route, configuration],
    });
    try {
      await shop.serve('1.0.0');
      await shop.prepare('1.1.0', { replicas: 1, env: { TOKEN: 'secret://env/TOKEN' } });
      await shop.shift('1.1.0', 25, '1.0.0');
      await shop.prepare('1.0.0');
      await shop.shift('1.0.0', 100, '1.1.0');
      await shop.promote('1.0.0');
      const end = await shop.retire('1.1.0');
      expect(end.weights).toEqual([{ release: '1.0.0', weight: 100 }]);
    } finally {
      await shop.close();
    }
  });
});
