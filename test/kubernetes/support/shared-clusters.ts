import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClusterDetails } from './access';
import { startCluster, type TestCluster } from './clusters';
import { copyKubeconfig } from './kubeconfig';
import { clusterTools, kubectlCommand } from './tools';

// jest's global set-up and tear-down of the project `kubernetes`: two clusters for all its test files.

/** Started once; a cluster of another name is started by the test file that uses it. */
export const sharedNames = ['staging', 'production'] as const;

const variable = 'F0_TEST_CLUSTERS';
let stop: () => Promise<void> = async () => {};

/** Null: there are no clusters, and why has been printed. */
export function sharedClusters(): readonly ClusterDetails[] | null {
  return JSON.parse(process.env[variable] ?? 'null') as readonly ClusterDetails[] | null;
}

export async function startSharedClusters(): Promise<void> {
  const own = process.env.F0_TEST_KUBECONFIG;
  const clusters = own ? useKubeconfig(own) : clusterTools() && (await startAll());
  process.env[variable] = JSON.stringify(clusters);
}

export async function stopSharedClusters(): Promise<void> {
  await stop();
}

function useKubeconfig(file: string): readonly ClusterDetails[] {
  const root = mkdtempSync(join(tmpdir(), 'f0-clusters-'));
  stop = async () => rmSync(root, { recursive: true, force: true });
  return [...sharedNames, 'region'].map((name) => {
    const folder = mkdtempSync(join(root, `${name}-`));
    const kubeconfig = join(folder, 'admin.kubeconfig');
    return { name, folder, kubeconfig, users: [], ...copyKubeconfig(file, kubeconfig, name, kubectlCommand()) };
  });
}

async function startAll(): Promise<readonly ClusterDetails[]> {
  const started: TestCluster[] = [];
  stop = async () => {
    await Promise.all(started.map((cluster) => cluster.stop()));
  };
  const results = await Promise.allSettled(sharedNames.map(async (name) => started.push(await startCluster(name))));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  return started.map(({ name, server, kubeconfig, folder, users }) => ({ name, server, kubeconfig, folder, users }));
}
