import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/free-port';
import { waitFor } from '../../support/wait-for';
import { type ClusterAccess, type ClusterDetails, clusterAccess } from './access';
import * as controlPlane from './control-plane';
import { kwokFlags, type NodeShape, nodeObjects } from './fake-nodes';
import { writeKubeconfig } from './kubeconfig';
import { type Process, Processes } from './processes';
import type { Stage } from './stages';
import { clusterTools } from './tools';

/** A Kubernetes control plane of its own, with kwok in place of the nodes' kubelets. */
export interface TestCluster extends ClusterAccess, ClusterDetails {
  /** As a crash does; told by SIGTERM it would wait for its watches for longer than a test. */
  stopApiServer(): Promise<void>;
  /** On the same port, certificate and data. */
  startApiServer(): Promise<void>;
  restartApiServer(): Promise<void>;
  /** Ends all that it started, and removes its files. */
  stop(): Promise<void>;
}

export interface ClusterOptions {
  /** @default 5 nodes of 16 CPUs, 64 GiB and 110 pods */
  readonly nodes?: Partial<NodeShape>;
  /** kwok stages beside ours. */
  readonly stages?: readonly Stage[];
  /** Users without any right, for `kubeconfigFor`. @default deployer, viewer, stranger */
  readonly users?: readonly string[];
  readonly apiServerFlags?: readonly string[];
}

const administrator = 'admin';
const fiveNodes: NodeShape = { count: 5, cpu: '16', memory: '64Gi', pods: 110 };

export async function startCluster(name: string, options: ClusterOptions = {}): Promise<TestCluster> {
  const tools = clusterTools();
  if (!tools)
    throw new Error(
      `cannot start the cluster \`${name}\`: use describeTestCluster, which skips where there are no tools`,
    );
  const folder = mkdtempSync(join(tmpdir(), `f0-cluster-${name}-`));
  mkdirSync(join(folder, 'certificates'));
  const processes = new Processes(folder);
  const ports = {
    etcd: await freePort(),
    etcdPeers: await freePort(),
    apiServer: await freePort(),
    kubelet: await freePort(),
  };
  const server = `https://127.0.0.1:${ports.apiServer}`;
  const users = [administrator, ...(options.users ?? ['deployer', 'viewer', 'stranger'])];
  const tokens = Object.fromEntries(users.map((user) => [user, randomUUID()]));
  controlPlane.writeTokens(folder, tokens, administrator);
  controlPlane.writeServiceAccountKeys(folder);
  for (const [user, token] of Object.entries(tokens)) {
    const certificateAuthority = join(folder, 'certificates', 'apiserver.crt');
    writeKubeconfig(join(folder, `${user}.kubeconfig`), name, user, { server, certificateAuthority, token });
  }
  const kubeconfig = join(folder, `${administrator}.kubeconfig`);
  const access = clusterAccess({ name, server, kubeconfig, folder, users }, tools.kubectl);

  const etcd = processes.start('etcd', tools.etcd, controlPlane.etcdFlags(folder, ports));
  let apiServer: Process;
  const startApiServer = async () => {
    const flags = [...controlPlane.apiServerFlags(folder, ports), ...(options.apiServerFlags ?? [])];
    apiServer = processes.start('kube-apiserver', tools.kubernetes, flags);
    await waitUntilReady(name, server, [etcd, apiServer]);
  };
  const cluster: TestCluster = {
    ...access,
    startApiServer,
    stopApiServer: () => apiServer.stop(),
    async restartApiServer() {
      await cluster.stopApiServer();
      await cluster.startApiServer();
    },
    stop: () => processes.stopAll(),
  };

  try {
    await startApiServer();
    const start = (part: string, flags: readonly string[]) => processes.start(part, tools.kubernetes, flags);
    const parts = [
      start('kube-controller-manager', controlPlane.controllerManagerFlags(folder, kubeconfig)),
      start('kube-scheduler', controlPlane.schedulerFlags(folder, kubeconfig)),
      processes.start(
        'kwok',
        tools.kwok,
        kwokFlags(folder, kubeconfig, ports.kubelet, tools.kwokStages, options.stages ?? []),
      ),
    ];
    await access.apply(...nodeObjects(name, { ...fiveNodes, ...options.nodes }));
    await access.kubectl('wait', 'node', '--all', '--for=condition=Ready', '--timeout=60s');
    // The controllers of a namespace are at work when it has its first objects.
    const hasControllers = () => {
      for (const part of parts) part.assertRunning();
      return access.kubectl('get', 'serviceaccount', 'default', '--namespace=default');
    };
    await waitFor('the default service account', hasControllers, { timeoutMs: 90_000 });
    return cluster;
  } catch (error) {
    await processes.stopAll();
    throw error;
  }
}

async function waitUntilReady(name: string, server: string, parts: readonly Process[]): Promise<void> {
  let ended: unknown;
  await waitFor(
    `the API server of ${name} to be ready`,
    () => {
      try {
        for (const part of parts) part.assertRunning();
      } catch (error) {
        ended = error;
        return true;
      }
      return answersOk(`${server}/readyz`);
    },
    { timeoutMs: 90_000, everyMs: 100 },
  );
  if (ended) throw ended;
}

function answersOk(url: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    // Whether it is there at all: its certificate is checked by whoever talks to it next.
    const asked = request(url, { rejectUnauthorized: false, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on('error', reject);
    asked.end();
  });
}
