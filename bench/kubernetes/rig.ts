import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { ClusterPlan } from '../../src/definition/release-plan';
import { cacheOf } from '../../src/embedded/home';
import { startCluster, type TestCluster } from '../../test/kubernetes/support/clusters';
import { devServer } from '../dev-server';
import { documentNamespace } from './apps';
import { WorkerProcess } from './worker-process';

/** An API server with fake kubelets, Temporal's server with its state in memory, one worker process, and a client. */
export interface KubernetesRig {
  readonly cluster: TestCluster;
  /** The cluster as a plan names it. */
  readonly clusterPlan: ClusterPlan;
  readonly client: Client;
  readonly worker: WorkerProcess;
  /** Where the bench may write. */
  readonly folder: string;
  /** The worker's state folder. */
  readonly home: string;
  stop(): Promise<void>;
}

const root = resolve(__dirname, '..', '..', '..');

export async function startKubernetesRig(apps: number): Promise<KubernetesRig> {
  const folder = await mkdtemp(join(tmpdir(), 'f0-bench-'));
  const ends: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const end of ends.reverse()) await end();
  };
  try {
    const cluster = await startBenchCluster(apps);
    ends.push(() => cluster.stop());
    await cluster.kubectl('create', 'namespace', documentNamespace);
    const server = await devServer(cacheOf(process.env));
    ends.push(() => server.stop());
    const home = join(folder, 'home');
    const worker = new WorkerProcess([server.address, join(__dirname, '../../src/workflow-bundle.js'), home]);
    await worker.start();
    ends.push(() => worker.stop());
    const connection = await Connection.connect({ address: server.address });
    ends.push(() => connection.close());
    const settings = { kubeconfig: cluster.kubeconfig, context: cluster.name };
    const clusterPlan: ClusterPlan = { name: cluster.name, type: 'kubernetes', settings };
    return { cluster, clusterPlan, client: new Client({ connection }), worker, folder, home, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Two releases of each app at once, those that are going away, and the same once more for the bare loop. */
const podsAnApp = 16;
const nodes = 20;

function startBenchCluster(apps: number): Promise<TestCluster> {
  process.env.F0_TEST_CLUSTER_TOOLS ??= execFileSync(process.execPath, [join(root, 'scripts', 'test-clusters.mjs')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pods = Math.ceil((apps * podsAnApp) / nodes) + 20;
  return startCluster('bench', { nodes: { count: nodes, cpu: '64', memory: '256Gi', pods } });
}
