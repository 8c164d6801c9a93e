import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import { type ClusterAccess, clusterAccess } from './access';
import { startCluster } from './clusters';
import { sharedClusters } from './shared-clusters';
import { kubectlCommand } from './tools';

/** `describe` where there are clusters: those that we start, or those of `F0_TEST_KUBECONFIG`. */
export const describeCluster: jest.Describe = sharedClusters() ? describe : describe.skip;

/** `describe` where the clusters are ours: their pods do as `podBehaviour` says, and their parts can be stopped. */
export const describeTestCluster: jest.Describe =
  sharedClusters() && !process.env.F0_TEST_KUBECONFIG ? describe : describe.skip;

if (describeCluster === describe) {
  if (describeTestCluster !== describe)
    console.warn('skipped: tests that need clusters of our own (F0_TEST_KUBECONFIG is set)');
} else {
  console.warn('skipped: there is no Kubernetes cluster, and none can be started here');
}

export interface ClusterInUse extends ClusterAccess {
  /** Of this test file alone. */
  readonly namespace: string;
}

/**
 * For the test file, or the `describe` block, that calls it: a namespace of its own in the cluster, which is removed in the
 * end. `staging` and `production` are there for all; one of another name is started here. Whoever stops API servers or
 * changes what belongs to a whole cluster takes a cluster of their own instead, by `startCluster`.
 */
export function useCluster(name: string): ClusterInUse {
  const namespace = `${basename(expect.getState().testPath ?? 'test').split('.')[0]}-${randomBytes(4).toString('hex')}`;
  let access: ClusterAccess | undefined;
  let stop: () => Promise<void> = async () => {};
  const ready = (): ClusterAccess => {
    if (access) return access;
    throw new Error(`the cluster ${name} is there in tests and hooks only, after the beforeAll of useCluster`);
  };

  beforeAll(async () => {
    const shared = sharedClusters()?.find((cluster) => cluster.name === name);
    if (shared) access = clusterAccess(shared, kubectlCommand());
    else {
      const own = await startCluster(name);
      access = own;
      stop = own.stop;
    }
    await access.kubectl('create', 'namespace', namespace);
  });

  afterAll(async () => {
    await access?.kubectl('delete', 'namespace', namespace, '--wait=false');
    await stop();
  });

  return {
    name,
    namespace,
    get server() {
      return ready().server;
    },
    get kubeconfig() {
      return ready().kubeconfig;
    },
    kubectl: (...args) => ready().kubectl(...args),
    apply: (...manifests) => ready().apply(...manifests),
    kubeconfigFor: (user) => ready().kubeconfigFor(user),
  };
}
