import { Shop, type ShopOptions } from './shop';
import type { ClusterInUse } from './use-cluster';

/** A namespace and a shop for each test of a file. */
export interface ShopInUse {
  readonly shop: Shop;
  readonly namespace: string;
  kubectl(...args: string[]): Promise<string>;
  /** The object as it is now. */
  read<T>(kind: string, name: string): Promise<T>;
}

/** Of all shops of the test file: a namespace that goes away keeps its name for a while. */
let count = 0;

export function useShop(cluster: ClusterInUse, options: Partial<ShopOptions> = {}): () => ShopInUse {
  let current: ShopInUse;

  beforeEach(async () => {
    count += 1;
    const namespace = `${cluster.namespace}-${count}`;
    await cluster.kubectl('create', 'namespace', namespace);
    const kubectl = (...args: string[]) => cluster.kubectl('-n', namespace, ...args);
    current = {
      shop: new Shop({ kubeconfig: cluster.kubeconfig, context: cluster.name, namespace, ...options }),
      namespace,
      kubectl,
      read: async (kind, name) => JSON.parse(await kubectl('get', kind, name, '--show-managed-fields', '-o', 'json')),
    };
  });
  afterEach(async () => {
    await current.shop.close();
    await cluster.kubectl('delete', 'namespace', current.namespace, '--wait=false');
  });
  return () => current;
}
