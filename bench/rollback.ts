import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createArtifactStore } from '../src/activities/artifacts';
import { createDeployTargets } from '../src/activities/deploy';
import { connectProduction, connectTemporal, type ProductionClient, type RunStatus, readPlan } from '../src/client';
import type { ReleasePlan } from '../src/definition/release-plan';
import { prepareShopRelease } from '../src/embedded/demo/shop';
import { productionTraffic, stagingTraffic } from '../src/embedded/demo/traffic';
import { homeOf } from '../src/embedded/home';
import { startLoad } from '../src/embedded/load';
import { startSystem } from '../src/embedded/system';
import { countHistory, type RunCost } from './history';
import { type Latency, latencyOf } from './statistics';

export interface RollbackFigures {
  readonly rollbacks: number;
  /** From the sample that showed the breach to the decision, milliseconds. */
  readonly decide: Latency;
  /** From that sample to all traffic back on the stable release, milliseconds. */
  readonly back: Latency;
  readonly intervalSeconds: number;
  readonly requestsSent: number;
  readonly requestsDropped: number;
  readonly exampleRun: RunCost;
}

const root = resolve(__dirname, '..', '..');
const author = { name: 'anna', source: 'cli' } as const;
const approver = { name: 'bob', source: 'cli' } as const;

/** The whole embedded system, real replicas behind the real proxy under load: a faulty release sent again and again. */
export async function measureRollbacks(rollbacks: number): Promise<RollbackFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'f0-bench-'));
  const home = homeOf({ ...process.env, F0_HOME: folder }, undefined);
  const env = { ...process.env, TEMPORAL_ADDRESS: undefined, DATABASE_URL: undefined };
  const never = new AbortController().signal;
  const system = await startSystem({ home, env, say: () => undefined, signal: never });
  if (system.kind !== 'started') throw new Error('a system of that home runs already');
  const { address, namespace, uiUrl } = system.state.temporal;
  const client = await connectProduction({ env: {}, address, namespace, uiUrl });
  try {
    const example = join(root, 'examples', 'enterprise-deployment-pipeline.yaml');
    const first = await planOf(example, folder, '1.0.0', 1 / 100);
    const staging = load(folder, first, 'staging', stagingTraffic);
    const shopLoad = load(folder, first, 'production', productionTraffic);
    const exampleRun = await run(client, first, false);
    const temporal = await connectTemporal({ env: {}, address, namespace });
    const cost = await countHistory(temporal, exampleRun).finally(() => temporal.connection.close());
    await Promise.all([staging.stop(), shopLoad.stop()]);

    const fault = join(root, 'bench', 'fault.yaml');
    const good = await planOf(fault, folder, '1.0.0', 1);
    const benchLoad = load(folder, good, 'production', productionTraffic);
    await run(client, good, false);
    const bad = await planOf(fault, folder, '1.1.0', 1);
    const [decide, back]: [number[], number[]] = [[], []];
    for (let index = 0; index < rollbacks; index += 1) {
      const status = await run(client, bad, index > 0);
      const figures = status.stages.find(({ rollback }) => rollback)?.rollback;
      if (!figures?.breachedAt || !figures.decidedAt || !figures.trafficBackAt) {
        throw new Error(`release 1.1.0 was to go back, and is ${status.phase}: ${status.reason}`);
      }
      const breached = Date.parse(figures.breachedAt);
      decide.push(Date.parse(figures.decidedAt) - breached);
      back.push(Date.parse(figures.trafficBackAt) - breached);
    }
    const { sent, dropped } = await benchLoad.stop();
    const intervalSeconds = 1;
    return {
      rollbacks,
      decide: latencyOf(decide),
      back: latencyOf(back),
      intervalSeconds,
      requestsSent: sent,
      requestsDropped: dropped,
      exampleRun: cost,
    };
  } finally {
    await client.close();
    await system.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function planOf(
  file: string,
  folder: string,
  release: '1.0.0' | '1.1.0',
  timeScale: number,
): Promise<ReleasePlan> {
  const source = join(folder, 'shop', release);
  await prepareShopRelease(release, source);
  const { plan, errors } = await readPlan({ files: [file], source, release, timeScale });
  if (!plan) throw new Error(errors.map(({ message }) => message).join('; '));
  return plan;
}

function load(folder: string, plan: ReleasePlan, environment: string, traffic: typeof productionTraffic) {
  const artifacts = createArtifactStore({ folder: join(folder, 'artifacts') });
  const cluster = { name: 'local', type: 'local', settings: {} } as const;
  const target = createDeployTargets({ home: folder, artifacts }).of(cluster);
  const where = { namespace: plan.namespace, cluster, environment, app: plan.app.name };
  const url = async () => (await target.describe(where).catch(() => null))?.url ?? null;
  return startLoad({ url, ...traffic });
}

/** Sends a release, approves what it asks, and answers with how it ended. */
async function run(client: ProductionClient, plan: ReleasePlan, reopen: boolean): Promise<RunStatus> {
  const { workflowId } = await client.start({ plan, author, reopen });
  for await (const status of client.watch(workflowId, { intervalMs: 200 })) {
    for (const { stage, gate } of status.awaiting) {
      await client.decide(workflowId, { by: approver, verdict: 'approve', stage, gate, reason: 'bench' });
    }
    if (status.endedAt !== null) return status;
  }
  throw new Error(`${workflowId} did not end`);
}
