import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createArtifactStore } from '../../src/activities/artifacts';
import { TaskQueue } from '../../src/contracts/task-queues';
import { type DeploymentResult, WorkflowType } from '../../src/contracts/workflows';
import { bounded } from '../statistics';
import { type ApiServerFigures, readApiServer, since } from './api-server';
import { type Delivery, inputOf, pack, workflowIdOf } from './apps';
import type { KubernetesRig } from './rig';
import type { Usage } from './worker-process';

/** How many starts and questions are in flight at once from the client. */
const width = 64;

export interface Delivered {
  readonly deliveries: readonly Delivery[];
  /** By app. */
  readonly results: ReadonlyMap<string, DeploymentResult>;
  /** From the first start until the last deployment has ended. */
  readonly seconds: number;
  readonly apiServer: ApiServerFigures;
  /** The worker's, of this round alone; its peak is that of all rounds so far. */
  readonly usage: Usage;
}

/** Packs a release of each app. */
export async function packAll(
  { home, folder, clusterPlan }: KubernetesRig,
  apps: readonly string[],
  release: string,
  stepsOf: (index: number) => Delivery['steps'],
): Promise<readonly Delivery[]> {
  const artifacts = createArtifactStore({ folder: join(home, 'artifacts') });
  const deliveries: Delivery[] = [];
  await bounded([...apps.entries()], width, async ([index, app]) => {
    const digest = await pack(artifacts, folder, app, release);
    deliveries.push({ app, release, digest, cluster: clusterPlan, steps: stepsOf(index) });
  });
  return deliveries;
}

/** Starts all deployments at once and waits until each has ended, whatever becomes of the worker `meanwhile`. */
export async function deliver(
  rig: KubernetesRig,
  deliveries: readonly Delivery[],
  meanwhile: () => Promise<unknown> = async () => {},
): Promise<Delivered> {
  const { cluster, client, worker } = rig;
  const before = { apiServer: await readApiServer(cluster), usage: await worker.usage() };
  const began = performance.now();
  await bounded(deliveries, width, (delivery) =>
    client.workflow.start(WorkflowType.deployment, {
      workflowId: workflowIdOf(delivery),
      taskQueue: TaskQueue.orchestrate,
      args: [inputOf(delivery)],
    }),
  );
  const trouble = meanwhile();
  while ((await openDeployments(rig)) > 0) await sleep(200);
  const seconds = (performance.now() - began) / 1000;
  await trouble;
  const apiServer = since(before.apiServer, await readApiServer(cluster));
  const after = await worker.usage();
  const results = new Map<string, DeploymentResult>();
  await bounded(deliveries, width, async (delivery) => {
    results.set(delivery.app, await client.workflow.getHandle(workflowIdOf(delivery)).result());
  });
  const usage = {
    peakRssBytes: after.peakRssBytes,
    cpuSeconds: after.cpuSeconds - before.usage.cpuSeconds,
    requests: after.requests - before.usage.requests,
  };
  return { deliveries, results, seconds, apiServer, usage };
}

export async function openDeployments({ client }: KubernetesRig): Promise<number> {
  const query = `WorkflowType = '${WorkflowType.deployment}' AND ExecutionStatus = 'Running'`;
  return (await client.workflow.count(query)).count;
}
