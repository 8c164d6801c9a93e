import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createArtifactStore } from '../../activities/artifacts';
import { createDeployTargets } from '../../activities/deploy';
import { connectProduction, type ProductionClient, type RunStatus, readPlan } from '../../client';
import { failure } from '../../contracts/errors';
import type { Identity } from '../../contracts/identity';
import { isFinal, Phase } from '../../contracts/phases';
import type { ReleasePlan } from '../../definition/release-plan';
import type { Home } from '../home';
import { type LoadRun, startLoad } from '../load';
import { startSystem } from '../system';
import type { SystemState } from '../system-state';
import { type DemoRelease, type DemoReport, type Expectation, reportRelease } from './report';
import { prepareShopRelease, type ShopVersion, shopVersions } from './shop';
import { type DemoTraffic, productionTraffic, stagingTraffic } from './traffic';

export interface DemoOptions {
  readonly home: Home;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** All durations of the document times this. */
  readonly timeScale: number;
  readonly say: (message: string) => void;
  readonly onStart: (state: SystemState) => void;
  readonly onStatus: (status: RunStatus) => void;
  readonly onEnd: (release: DemoRelease) => void;
  /** Told the outcome while everything still runs; the demo ends its system when this resolves. */
  readonly beforeEnd: (report: DemoReport, state: SystemState) => Promise<void>;
  readonly signal: AbortSignal;
}

/** The document as it stands in DESIGN, never edited. From this folder, compiled or not. */
const documentFile = join(__dirname, '../../../examples/enterprise-deployment-pipeline.yaml');

const author: Identity = { name: 'dana', source: 'cli' };
const approver: Identity = { name: 'alice', source: 'cli' };

const expectations: Readonly<Record<ShopVersion, Omit<Expectation, 'release'>>> = {
  '1.0.0': { phase: Phase.succeeded, metric: null },
  '1.1.0': { phase: Phase.rolledBack, metric: 'error_rate' },
  '1.2.0': { phase: Phase.rolledBack, metric: 'latency' },
};

/**
 * The demo: a system of its own, three releases of the example shop through the example document, under load. Ends all
 * that it started, however it ends. An aborted `signal` cuts it short: the report then has the releases so far.
 */
export async function runDemo(options: DemoOptions): Promise<DemoReport> {
  const startedAt = Date.now();
  const { home, env, say, signal } = options;
  const system = await startSystem({ home, env: withoutTemporal(env), say, signal });
  if (system.kind === 'runs-already') {
    throw failure('Conflict', `a system runs in ${home.root} already: the demo wants a folder of its own`);
  }
  const { temporal } = system.state;
  const releases: DemoRelease[] = [];
  let client: ProductionClient | null = null;
  const loads: LoadRun[] = [];
  try {
    options.onStart(system.state);
    client = await connectProduction({
      env: {},
      address: temporal.address,
      namespace: temporal.namespace,
      uiUrl: temporal.uiUrl,
    });
    for (const version of shopVersions) {
      if (signal.aborted) break;
      const plan = await planFor(version, options);
      if (loads.length === 0) loads.push(...startTraffic(plan, home));
      const release = await sendRelease(client, plan, loads.at(-1), expectationOf(version), options);
      if (release) releases.push(release);
    }
    const ok = releases.length === shopVersions.length && releases.every((release) => release.asExpected);
    const seconds = (Date.now() - startedAt) / 1000;
    const report: DemoReport = { ok, seconds, home: home.root, uiUrl: temporal.uiUrl, releases };
    await options.beforeEnd(report, system.state);
    return report;
  } finally {
    await Promise.all(loads.map((load) => load.stop()));
    await client?.close();
    await system.stop();
  }
}

function expectationOf(version: ShopVersion): Expectation {
  return { release: version, ...expectations[version] };
}

async function planFor(version: ShopVersion, { home, timeScale }: DemoOptions): Promise<ReleasePlan> {
  const source = join(home.root, 'shop', version);
  await mkdir(source, { recursive: true });
  await prepareShopRelease(version, source);
  const { plan, errors } = await readPlan({ files: [documentFile], source, release: version, timeScale });
  if (plan) return plan;
  throw failure('InvalidInput', `the example document does not plan: ${errors.map((one) => one.message).join('; ')}`);
}

/** Starts a release and stays with it until it ends; null when the demo was cut short. */
async function sendRelease(
  client: ProductionClient,
  plan: ReleasePlan,
  load: LoadRun | undefined,
  expected: Expectation,
  { onStatus, onEnd, say, signal }: DemoOptions,
): Promise<DemoRelease | null> {
  const nothing = { sent: 0, ok: 0, failed: 0, dropped: 0, droppedBecause: [], releases: [] };
  const before = load?.report() ?? nothing;
  const { workflowId } = await client.start({ plan, author });
  const approvedBy: string[] = [];
  for await (const status of client.watch(workflowId, { intervalMs: 200, signal })) {
    onStatus(status);
    for (const asked of status.awaiting) {
      const reason = 'the demo: staging held its criteria';
      await client.decide(workflowId, {
        by: approver,
        verdict: 'approve',
        stage: asked.stage,
        gate: asked.gate,
        subject: asked.subject,
        reason,
      });
      approvedBy.push(approver.name);
      say(`${approver.name} approves ${asked.stage}, which ${author.name} may not do`);
    }
    if (!isFinal(status.phase)) continue;
    const release = reportRelease(
      expected,
      status,
      approvedBy,
      before,
      load?.report() ?? nothing,
      new Date().toISOString(),
    );
    onEnd(release);
    return release;
  }
  return null;
}

/** Users of staging and production; production's come last. */
function startTraffic(plan: ReleasePlan, home: Home): readonly LoadRun[] {
  const targets = createDeployTargets({ home: home.root, artifacts: createArtifactStore({ folder: home.artifacts }) });
  const use = (environment: string, { users, thinkTimeMs, mix }: DemoTraffic): readonly LoadRun[] => {
    const deployment = plan.stages.find((stage) => stage.deployment?.environment === environment)?.deployment;
    if (!deployment) return [];
    const where = { namespace: plan.namespace, cluster: deployment.cluster, environment, app: plan.app.name };
    const url = async () =>
      (
        await targets
          .of(deployment.cluster)
          .describe(where)
          .catch(() => null)
      )?.url ?? null;
    return [startLoad({ url, users, thinkTimeMs, mix })];
  };
  return [...use('staging', stagingTraffic), ...use('production', productionTraffic)];
}

/** The demo is a system of its own, whatever Temporal the environment names. */
function withoutTemporal(env: DemoOptions['env']): DemoOptions['env'] {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_') && name !== 'DATABASE_URL'),
  );
}
