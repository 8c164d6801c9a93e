import { setTimeout as sleep } from 'node:timers/promises';
import { type KubeObject, KubernetesApi } from '../../src/activities/deploy/kubernetes/api';
import { Connection } from '../../src/activities/deploy/kubernetes/connection';
import { bounded, type Latency, latencyOf } from '../statistics';
import { type ApiServerFigures, readApiServer, since } from './api-server';
import { manifestsOf, replicas } from './apps';
import type { KubernetesRig } from './rig';
import { watchTraffic } from './traffic';

const width = 64;
const namespace = 'bare';
const service = (name: string) => ({ apiVersion: 'v1', kind: 'Service', name });

export interface BareFigures {
  /** Until the last request was answered. */
  readonly seconds: number;
  /** Until the controllers had brought about what was asked for, too. */
  readonly settledSeconds: number;
  readonly requests: number;
  readonly apiServer: ApiServerFigures;
  readonly cpuSeconds: number;
  /** From the patch of a Service's selector to its endpoints, as many at once as there are breaches. */
  readonly switched: Latency;
}

/** The writes of a canary, one after the other: release, replicas of each side, the Service at each share, the old one gone. */
function writesOf(app: string): readonly ((api: KubernetesApi) => Promise<unknown>)[] {
  const both = { spec: { selector: { app, workload: null } } };
  const scale = (count: number) => (api: KubernetesApi) => api.apply(workload(app, 'new', count), true);
  const shrink = (count: number) => (api: KubernetesApi) => api.apply(workload(app, 'old', count), true);
  const remark = (weight: number) => (api: KubernetesApi) =>
    api.patch(service(app), { ...both, metadata: { annotations: { weight: String(weight) } } });
  return [
    (api) => api.apply(bareService(app, 'old'), true),
    ...[scale(1), remark(5), remark(25)],
    ...[scale(2), remark(50), shrink(2)],
    ...[scale(3), remark(75), shrink(1)],
    (api) => api.patch(service(app), { spec: { selector: { app, workload: `${app}-new` } } }),
    (api) => api.delete({ apiVersion: 'apps/v1', kind: 'Deployment', name: `${app}-old` }),
  ];
}

/**
 * The limit beside which the figures stand: the objects of the same canaries, written to the API server by a loop that
 * decides nothing, waits for nothing and keeps nothing, over the same connection.
 */
export async function measureBareLoop(
  { cluster, clusterPlan }: KubernetesRig,
  apps: readonly string[],
  breaches: number,
): Promise<BareFigures> {
  await cluster.kubectl('create', 'namespace', namespace);
  const { kubeconfig, name: context } = cluster;
  const connection = await Connection.open(clusterPlan.name, { kubeconfig, context, router: 'auto' });
  const api = new KubernetesApi(connection, namespace);
  const watch = await watchTraffic(kubeconfig, namespace);
  try {
    await bounded(apps, width, async (app) => {
      await api.apply(bareService(app, 'old'), true);
      await api.apply(workload(app, 'old', replicas), true);
    });
    await untilReady(api, apps.length);
    const before = await readApiServer(cluster);
    const [sent, cpu, began] = [connection.sent, process.cpuUsage(), performance.now()];
    await bounded(apps, width, async (app) => {
      for (const write of writesOf(app)) await write(api);
    });
    const seconds = (performance.now() - began) / 1000;
    const requests = connection.sent - sent;
    const { user, system } = process.cpuUsage(cpu);
    await untilReady(api, apps.length);
    const settledSeconds = (performance.now() - began) / 1000;
    const apiServer = since(before, await readApiServer(cluster));
    const switched = await measureSwitch(api, watch, apps.slice(0, breaches));
    return { seconds, settledSeconds, requests, apiServer, cpuSeconds: (user + system) / 1e6, switched };
  } finally {
    await watch.stop();
    await connection.close();
  }
}

/** Takes the traffic from all of these at once. */
async function measureSwitch(
  api: KubernetesApi,
  watch: Awaited<ReturnType<typeof watchTraffic>>,
  apps: readonly string[],
): Promise<Latency> {
  const times = await Promise.all(
    apps.map(async (app) => {
      const sentAt = Date.now();
      await api.patch(service(app), { spec: { selector: { app, workload: 'nothing' } } });
      for (;;) {
        const goneAt = watch.goneAt(app, `${app}-new-`);
        if (goneAt !== null) return goneAt - sentAt;
        await sleep(20);
      }
    }),
  );
  return latencyOf(times);
}

async function untilReady(api: KubernetesApi, count: number): Promise<void> {
  for (;;) {
    const deployments = await api.list<KubeObject>('apps/v1', 'Deployment');
    const ready = deployments.filter(({ status }) => (status as Status | undefined)?.readyReplicas === replicas);
    if (ready.length === count && deployments.length === count) return;
    await sleep(250);
  }
}

interface Status {
  readonly readyReplicas?: number;
}

function workload(app: string, side: 'old' | 'new', count: number): KubeObject {
  const name = `${app}-${side}`;
  const { deployment } = manifestsOf(app, side);
  const { template } = deployment.spec;
  const labels = { app, workload: name };
  return {
    ...deployment,
    metadata: { name },
    spec: {
      replicas: count,
      selector: { matchLabels: labels },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}

function bareService(app: string, side: string): KubeObject {
  const { service } = manifestsOf(app, side);
  return { ...service, spec: { ...service.spec, selector: { app, workload: `${app}-${side}` } } };
}
