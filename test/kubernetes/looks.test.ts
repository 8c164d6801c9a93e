import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { createCoordinationActivities } from '../../src/activities/coordination';
import { createDeployActivities, type DeployTargets } from '../../src/activities/deploy';
import { ProductionClient } from '../../src/client';
import type { AuditEntry } from '../../src/contracts/audit';
import { TaskQueue } from '../../src/contracts/task-queues';
import type { DriftResult, StagePreview } from '../../src/contracts/workflows';
import { f0 } from '../cli/harness';
import { devServer, workflowBundle } from '../support/temporal';
import { waitFor } from '../support/wait-for';
import { useShop } from './support/namespaces';
import { digestOf, manifests } from './support/shop';
import { describeCluster, useCluster } from './support/use-cluster';

jest.setTimeout(180_000);

const workflow = `
apiVersion: framework0.io/v1
kind: ProductionWorkflow
metadata: { name: shop, namespace: shops }
spec:
  environments:
    production: { cluster: prod, deployment_strategy: blue_green, replicas: 3 }
  pipeline_stages:
    - { name: build, uses: exercise8/container-build }
    - { name: deploy, environment: production }
`;

const manifest = `
apiVersion: framework0.io/v1
kind: App
metadata: { name: shop }
spec:
  start: node server.js
  kubernetes: { manifests: k8s, image: registry.example.com/teashop/shop }
`;

describeCluster('f0 plan and f0 drift over a cluster', () => {
  const cluster = useCluster('staging');
  const using = useShop(cluster);
  const audited: AuditEntry[] = [];
  let server: TestWorkflowEnvironment;
  let folder: string;
  let workers: readonly Worker[];
  let running: Promise<unknown>;
  let env: Record<string, string>;

  beforeAll(async () => {
    server = await devServer();
  });
  afterAll(() => server.teardown());

  /** The system's workers, a release 1.0.0 that was deployed by them, and the documents of the next one. */
  beforeEach(async () => {
    const { shop, namespace } = using();
    folder = mkdtempSync(path.join(tmpdir(), 'f0-looks-'));
    mkdirSync(path.join(folder, 'k8s'));
    writeFileSync(path.join(folder, 'workflow.yaml'), workflow);
    writeFileSync(path.join(folder, 'f0.app.yaml'), manifest);
    writeFileSync(path.join(folder, 'k8s', 'all.json'), JSON.stringify({ kind: 'List', items: manifests() }));
    const { settings } = shop.cluster;
    const platform = {
      apiVersion: 'framework0.io/v1',
      kind: 'ProductionPlatform',
      metadata: { name: 'platform' },
      spec: { clusters: { prod: { type: 'kubernetes', ...settings, namespace } } },
    };
    writeFileSync(path.join(folder, 'platform.yaml'), JSON.stringify(platform));
    const targets: DeployTargets = {
      of: () => shop.target,
      endpointsOf: async () => [],
      close: async () => {},
    };
    env = { TEMPORAL_ADDRESS: server.address, F0_HOME: path.join(folder, 'home') };
    const create = async (taskQueue: string, activities: object, bundle = false) =>
      Worker.create({
        connection: server.nativeConnection,
        taskQueue,
        activities,
        ...(bundle ? { workflowBundle: await workflowBundle() } : {}),
      });
    const build = { digest: digestOf('1.0.0'), sizeBytes: 1, sbomDigest: 'sha256:b', provenanceDigest: 'sha256:c' };
    workers = await Promise.all([
      create(
        TaskQueue.orchestrate,
        {
          recordAudit: async ({ entries }: { entries: readonly AuditEntry[] }) => {
            audited.push(...entries);
          },
        },
        true,
      ),
      create(TaskQueue.deploy, createDeployActivities({ targets })),
      create(TaskQueue.operate, { buildArtifact: async () => build }),
      create(TaskQueue.integrate, {
        ...createCoordinationActivities({ client: server.client }),
        notify: async () => {},
      }),
    ]);
    running = Promise.all(workers.map((worker) => worker.run()));
    shop.pack('1.0.0');
  });
  afterEach(async () => {
    for (const worker of workers) worker.shutdown();
    await running;
    rmSync(folder, { recursive: true, force: true });
  });

  const planned = (...more: string[]) =>
    f0(['plan', 'workflow.yaml', '--platform', 'platform.yaml', '--release', '1.1.0', ...more], { cwd: folder, env });
  const drift = (...more: string[]) => f0(['drift', 'shops/production', ...more], { env });
  const client = () => new ProductionClient({ client: server.client });

  async function deployed(): Promise<void> {
    const ran = await f0(
      [
        'run',
        'workflow.yaml',
        '--platform',
        'platform.yaml',
        '--release',
        '1.0.0',
        '--as',
        'alice',
        '--output',
        'json',
      ],
      { cwd: folder, env },
    );
    expect(ran.stderr).toBe('');
    await waitFor('the release to serve', async () => {
      const { serving, holders } = await client().environment({ namespace: 'shops', environment: 'production' });
      return serving[0]?.release === '1.0.0' && holders.length === 0;
    });
  }

  it('the way of one release: planned, deployed, changed by hand, found, healed', async () => {
    const { kubectl } = using();
    const offline = await planned('--offline');
    expect(offline.code).toBe(0);
    expect(offline.stdout).toContain('What would change in the clusters is not shown: --offline was given.');
    expect(JSON.parse((await planned('--offline', '-o', 'json')).stdout)).toMatchObject({ changes: null });

    await deployed();
    const told = await planned();
    expect(told.stderr).toBe('');
    expect(told.stdout).toContain('deploy would change in production (prod)');
    expect(told.stdout).toContain('+ Deployment shop-1-1-0 created compared with shop-1-0-0');
    expect(told.stdout).toContain(
      `~ spec.template.spec.containers[shop].image: registry.example.com/teashop/shop@${digestOf('1.0.0')} -> registry.example.com/teashop/shop@(digest of the build)`,
    );
    expect(told.stdout).toContain('~ spec.selector[framework0.io/workload]: shop-1-0-0 -> shop-1-1-0');
    expect(told.stdout).toContain('- Deployment shop-1-0-0 deleted');
    const { changes } = JSON.parse((await planned('-o', 'json')).stdout) as { changes: StagePreview[] };
    expect(changes).toMatchObject([{ stage: 'deploy', preview: { refused: [] } }]);

    expect(await drift()).toMatchObject({ code: 0, stdout: expect.stringContaining('as it was deployed') });
    await kubectl('scale', 'deployment/shop-1-0-0', '--replicas=5');
    const found = await drift();
    expect(found.code).toBe(1);
    expect(found.stdout).toContain('Deployment shop-1-0-0');
    expect(found.stdout).toContain('spec.replicas is 5, not 3; by kubectl (scale)');
    const json = JSON.parse((await drift('-o', 'json')).stdout) as DriftResult;
    expect(json).toMatchObject({ drifted: true, releases: [{ app: 'shop', release: '1.0.0', cluster: 'prod' }] });

    const healed = await drift('--heal', '--as', 'alice', '--reason', 'by mistake');
    expect(healed.code).toBe(0);
    expect(healed.stdout).toContain('spec.replicas is 5, not 3; by kubectl (scale); healed');
    expect(await kubectl('get', 'deployment', 'shop-1-0-0', '-o', 'jsonpath={.spec.replicas}')).toBe('3');
    expect(audited.find(({ action }) => action === 'environment.healed')).toMatchObject({
      actor: { name: 'alice' },
      reason: expect.stringContaining('healed Deployment shop-1-0-0'),
    });
  });

  it('what the cluster would refuse is among what would be refused', async () => {
    const objects = manifests().map((object) =>
      object.kind === 'Service' ? { ...object, metadata: { name: 'other' } } : object,
    );
    writeFileSync(path.join(folder, 'k8s', 'all.json'), JSON.stringify({ kind: 'List', items: objects }));

    const told = await planned();

    expect(told.stdout).toContain(
      'would be refused or held  deploy: the manifests have no Service shop; they have other',
    );
  });
});
