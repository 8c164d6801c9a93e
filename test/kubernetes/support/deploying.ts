import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { createDeployActivities } from '../../../src/activities/deploy';
import type { KubernetesTarget } from '../../../src/activities/deploy/kubernetes';
import { deploymentWorkflowId } from '../../../src/contracts/ids';
import { TaskQueue } from '../../../src/contracts/task-queues';
import { type DeploymentInput, type DeploymentResult, WorkflowType } from '../../../src/contracts/workflows';
import type { DeploymentPlan, DeploymentStep } from '../../../src/definition/release-plan';
import { devServer } from '../../support/temporal';
import { analysisPlan, author, deploymentPlan } from '../../workflows/plans';
import { type RunningWorld, startWorld, World } from '../../workflows/world';
import type { Shop } from './shop';

export const replicas = 3;

/** A canary of two shares, each of which is watched. */
export const canary: readonly DeploymentStep[] = [
  { kind: 'prepare', replicas: 1, rolling: false },
  { kind: 'weight', weight: 25 },
  { kind: 'analyze', analysis: analysisPlan({ name: 'at 25%' }) },
  { kind: 'prepare', replicas, rolling: false },
  { kind: 'weight', weight: 100 },
  { kind: 'analyze', analysis: analysisPlan({ name: 'at 100%' }) },
  { kind: 'promote' },
  { kind: 'retire', afterSeconds: 0 },
];

export const blueGreen: readonly DeploymentStep[] = [
  { kind: 'prepare', replicas, rolling: false },
  { kind: 'weight', weight: 100 },
  { kind: 'promote' },
  { kind: 'retire', afterSeconds: 0 },
];

export const rolling: readonly DeploymentStep[] = [{ kind: 'prepare', replicas, rolling: true }, { kind: 'promote' }];

/** The workflows on a real server of Temporal, deploying by a real target: what fails is tried again as in production. */
export class Deploying {
  /** Who watches, and what they say. */
  readonly world = new World();
  /** The document's namespace, which workflow ids have: no test meets the runs of another. */
  private readonly namespace = randomUUID();

  private running: RunningWorld | null = null;

  private constructor(readonly environment: TestWorkflowEnvironment) {}

  static async start(environment: TestWorkflowEnvironment, target: KubernetesTarget): Promise<Deploying> {
    const deploying = new Deploying(environment);
    const targets = { of: () => target, endpointsOf: target.endpoints, close: () => target.close() };
    deploying.running = await startWorld(environment, deploying.world, createDeployActivities({ targets }));
    return deploying;
  }

  async stop(): Promise<void> {
    await this.running?.stop();
  }

  async begin(shop: Shop, release: string, steps = canary, more: Partial<DeploymentPlan> = {}): Promise<string> {
    const input = this.inputOf(shop, release, steps, more);
    const { app } = input;
    const { environment } = input.plan;
    const workflowId = deploymentWorkflowId({ namespace: this.namespace, app: app.name, environment, release });
    await this.environment.client.workflow.start(WorkflowType.deployment, {
      workflowId,
      taskQueue: TaskQueue.orchestrate,
      args: [input],
    });
    return workflowId;
  }

  end(workflowId: string): Promise<DeploymentResult> {
    return this.environment.client.workflow.getHandle(workflowId).result();
  }

  async deploy(...given: Parameters<Deploying['begin']>): Promise<DeploymentResult> {
    return this.end(await this.begin(...given));
  }

  private inputOf(
    shop: Shop,
    release: string,
    steps: readonly DeploymentStep[],
    more: Partial<DeploymentPlan>,
  ): DeploymentInput {
    shop.packIfNew(release);
    const { app, digest, cluster } = shop.ref(release);
    const settings = { ...cluster.settings, namespace: shop.namespace };
    return {
      namespace: this.namespace,
      pipeline: app.name,
      stage: 'production',
      app,
      release,
      artifact: { digest, sizeBytes: 1, sbomDigest: digest, provenanceDigest: digest },
      plan: deploymentPlan('test', {
        cluster: { ...cluster, settings },
        strategy: 'canary',
        replicas,
        steps,
        progressDeadlineSeconds: 60,
        ...more,
      }),
      directory: null,
      channels: [],
      author,
      planHash: digest,
      reopen: false,
      mode: 'deploy',
      reason: '',
    };
  }
}

/** One server of Temporal for a test file, and workers of its own for each test. */
export function useDeploying(target: () => KubernetesTarget): () => Deploying {
  let environment: TestWorkflowEnvironment;
  let deploying: Deploying;
  beforeAll(async () => {
    environment = await devServer();
  });
  afterAll(() => environment?.teardown());
  beforeEach(async () => {
    deploying = await Deploying.start(environment, target());
  });
  afterEach(() => deploying.stop());
  return () => deploying;
}
