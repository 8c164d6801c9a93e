import { watchEndpoints } from './support/endpoint-watcher';
import { installGatewayApi, installIstioApi } from './support/router-resources';
import { Shop } from './support/shop';
import { describeCluster, useCluster } from './support/use-cluster';

jest.setTimeout(180_000);

const route = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'shop' },
  spec: {
    parentRefs: [{ name: 'gateway' }],
    rules: [{ matches: [{ path: { type: 'PathPrefix', value: '/' } }], backendRefs: [{ name: 'shop', port: 80 }] }],
  },
};
const virtualService = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name: 'shop' },
  spec: { hosts: ['shop'], http: [{ route: [{ destination: { host: 'shop', port: { number: 80 } } }] }] },
};
const ingress = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'shop' },
  spec: {
    ingressClassName: 'nginx',
    rules: [
      {
        host: 'shop.example.com',
        http: {
          paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'shop', port: { number: 80 } } } }],
        },
      },
    ],
  },
};

describeCluster('a canary by a router', () => {
  const cluster = useCluster('staging');
  let shop: Shop;
  let namespace: string;
  let count = 0;

  beforeAll(async () => {
    await installGatewayApi(cluster);
    await installIstioApi(cluster);
  });
  beforeEach(async () => {
    count += 1;
    namespace = `${cluster.namespace}-${count}`;
    await cluster.kubectl('create', 'namespace', namespace);
  });
  afterEach(async () => {
    await shop.close();
    await cluster.kubectl('delete', 'namespace', namespace, '--wait=false');
  });

  const read = (kind: string, name: string, path: string) =>
    cluster.kubectl('get', kind, name, '-n', namespace, '-o', `jsonpath=${path}`);

  const routers = [
    {
      router: 'gateway',
      object: route,
      share: () => read('httproute', 'shop', '{.spec.rules[0].backendRefs[*].weight}'),
      shares: ['75 25', '100'],
    },
    {
      router: 'istio',
      object: virtualService,
      share: () => read('virtualservice', 'shop', '{.spec.http[0].route[*].weight}'),
      shares: ['75 25', '100'],
    },
    {
      router: 'nginx',
      object: ingress,
      share: () =>
        cluster.kubectl(
          'get',
          'ingress',
          '-n',
          namespace,
          '-o',
          'jsonpath={.items[*].metadata.annotations.nginx\\.ingress\\.kubernetes\\.io/canary-weight}',
        ),
      shares: ['25', ''],
    },
  ];

  it.each(routers)('$router splits, and is as before when it is over', async ({ object, share, shares }) => {
    shop = new Shop({ kubeconfig: cluster.kubeconfig, context: cluster.name, namespace, extra: [object] });
    await shop.serve('1.0.0');
    const watcher = await watchEndpoints(cluster.kubeconfig, namespace, 'shop');
    await shop.prepare('1.1.0', { replicas: 1 });
    const split = await shop.shift('1.1.0', 25, '1.0.0');
    expect(split.weights).toEqual([
      { release: '1.0.0', weight: 75 },
      { release: '1.1.0', weight: 25 },
    ]);
    expect(await share()).toBe(shares[0]);
    expect((await shop.describe()).weights).toEqual(split.weights);

    // A further step renders the same manifests again, and leaves the weights alone.
    await shop.prepare('1.1.0', { replicas: 3 });
    expect(await share()).toBe(shares[0]);
    await shop.shift('1.1.0', 100, '1.0.0');
    expect(await share()).toBe(shares[1]);
    await shop.promote('1.1.0');
    const end = await shop.retire('1.0.0');

    await watcher.stop();
    expect(end.weights).toEqual([{ release: '1.1.0', weight: 100 }]);
    expect(await cluster.kubectl('get', 'services', '-n', namespace, '-o', 'name')).toBe('service/shop');
    expect(watcher.gaps).toEqual([]);
  });

  it('goes back from the middle by the router alone', async () => {
    shop = new Shop({ kubeconfig: cluster.kubeconfig, context: cluster.name, namespace, extra: [route] });
    await shop.serve('1.0.0');
    await shop.prepare('1.1.0', { replicas: 1 });
    await shop.shift('1.1.0', 25, '1.0.0');
    await shop.prepare('1.0.0');
    const back = await shop.shift('1.0.0', 100, '1.1.0');
    await shop.promote('1.0.0');
    const end = await shop.retire('1.1.0');

    expect(back.weights).toEqual([{ release: '1.0.0', weight: 100 }]);
    expect(end.replicas).toEqual([{ release: '1.0.0', ready: 3, desired: 3 }]);
    expect(await read('httproute', 'shop', '{.spec.rules[0].backendRefs[*].name}')).toBe('shop');
  });

  it('needs few requests: five steps of three replicas', async () => {
    shop = new Shop({ kubeconfig: cluster.kubeconfig, context: cluster.name, namespace, extra: [route] });
    await shop.serve('1.0.0');
    const before = await shop.target.requestsSent();
    for (const [weight, replicas] of [
      [5, 1],
      [25, 1],
      [50, 2],
      [75, 3],
      [100, 3],
    ] as const) {
      await shop.prepare('1.1.0', { replicas });
      await shop.shift('1.1.0', weight, '1.0.0');
    }
    await shop.promote('1.1.0');
    await shop.retire('1.0.0');

    expect((await shop.target.requestsSent()) - before).toBeLessThanOrEqual(25);
  });

  it('that is asked for and not there is told', async () => {
    shop = new Shop({ kubeconfig: cluster.kubeconfig, context: cluster.name, namespace, router: 'gateway' });
    await shop.serve('1.0.0');
    await shop.prepare('1.1.0', { replicas: 1 });

    await expect(shop.shift('1.1.0', 25, '1.0.0')).rejects.toThrow(
      `cluster "test" has router gateway, and no HTTPRoute in namespace ${namespace} leads to Service shop: add one to the manifests, or set router to auto`,
    );
  });
});
