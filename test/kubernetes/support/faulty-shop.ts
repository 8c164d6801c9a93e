import { blueGreen, type Deploying, useDeploying } from './deploying';
import { FaultProxy } from './fault-proxy';
import { Shop } from './shop';
import type { ClusterInUse } from './use-cluster';

/** The shop in a namespace of each test's own, 1.0.0 deployed, by way of a proxy that can make faults. */
export interface FaultyShop {
  readonly proxy: FaultProxy;
  readonly shop: Shop;
  readonly namespace: string;
  readonly deploying: Deploying;
}

export function useFaultyShop(cluster: ClusterInUse): FaultyShop {
  let proxy: FaultProxy;
  let shop: Shop;
  let namespace: string;
  let count = 0;

  beforeEach(async () => {
    count += 1;
    namespace = `${cluster.namespace}-${count}`;
    await cluster.kubectl('create', 'namespace', namespace);
    proxy = await FaultProxy.start(cluster);
    shop = new Shop({ kubeconfig: proxy.kubeconfig, context: cluster.name, namespace });
  });
  const deploying = useDeploying(() => shop.target);
  beforeEach(async () => {
    expect(await deploying().deploy(shop, '1.0.0', blueGreen)).toMatchObject({ phase: 'succeeded' });
  });
  afterEach(async () => {
    await shop.close();
    await proxy.stop();
    await cluster.kubectl('delete', 'namespace', namespace, '--wait=false');
  });
  return {
    get proxy() {
      return proxy;
    },
    get shop() {
      return shop;
    },
    get namespace() {
      return namespace;
    },
    get deploying() {
      return deploying();
    },
  };
}
