import { randomUUID } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  defaultPayloadConverter,
  type Payload,
  type UpdateDefinition,
  WorkflowNotFoundError,
} from '@temporalio/common';
import type { History } from '@temporalio/common/lib/proto-utils';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import type { Identity } from '../../src/contracts/identity';
import {
  deploymentWorkflowId,
  environmentWorkflowId,
  guardianWorkflowId,
  pipelineWorkflowId,
  rollbackWorkflowId,
} from '../../src/contracts/ids';
import {
  abortUpdate,
  type CommandInput,
  type DecideInput,
  decideUpdate,
  deploymentStatusQuery,
  environmentStatusQuery,
  pauseUpdate,
  resumeUpdate,
  rollbackUpdate,
  statusQuery,
  timelineQuery,
} from '../../src/contracts/messages';
import type { DeploymentStatus, EnvironmentStatus, PipelineStatus } from '../../src/contracts/status';
import { TaskQueue } from '../../src/contracts/task-queues';
import type { PipelineInput, PipelineResult } from '../../src/contracts/workflows';
import type { ReleasePlan } from '../../src/definition/release-plan';
import type { pipeline } from '../../src/workflows';
import { timeSkippingEnvironment, workflowBundle } from '../support/temporal';
import { isAmbiguous, whole } from './histories';
import { bob, input } from './plans';
import { endOf, type RunningWorld, startWorld, type World } from './world';

/** gRPC's own code of it. */
const notFound = 5;

/**
 * Shorthands of workflow tests. Each test has a server of its own: on a shared one, a run that a test leaves with a task
 * under way would stop the time-skipping clock of all that come after.
 */
export class Harness {
  environment!: TestWorkflowEnvironment;
  running!: RunningWorld;
  namespace = '';
  private readonly started: string[] = [];

  /** @param serve starts a server */
  constructor(private readonly serve: () => Promise<TestWorkflowEnvironment> = timeSkippingEnvironment) {}

  get world(): World {
    return this.running.world;
  }

  async begin(): Promise<void> {
    this.namespace = randomUUID();
    this.environment = await this.serve();
    this.running = await startWorld(this.environment);
  }

  async end(): Promise<void> {
    try {
      await this.running.stop();
      await this.replay([...new Set(this.started.splice(0))]);
    } finally {
      await this.environment.teardown();
    }
  }

  /** Every workflow of every test must replay: the code has to decide the same from the same history. */
  private async replay(workflowIds: readonly string[]): Promise<void> {
    const histories: { workflowId: string; history: History }[] = [];
    for (const workflowId of workflowIds) {
      const history = await this.history(workflowId);
      if (!history || isAmbiguous(history)) continue;
      const answered = whole(history);
      if (answered.events?.length) histories.push({ workflowId, history: answered });
    }
    const options = { workflowBundle: await workflowBundle(), replayName: 'harness' };
    for await (const { workflowId, error } of Worker.runReplayHistories(options, histories)) {
      if (!error) continue;
      const kept = join(await mkdtemp(join(tmpdir(), 'f0-replay-')), 'history.json');
      await writeFile(kept, JSON.stringify(histories.find((recorded) => recorded.workflowId === workflowId)?.history));
      throw new Error(`${workflowId} does not replay, its history is in ${kept}`, { cause: error });
    }
  }

  /** Null: no such workflow. */
  async history(workflowId: string): Promise<History | null> {
    try {
      return await this.handle(workflowId).fetchHistory();
    } catch (error) {
      if (error instanceof WorkflowNotFoundError || (error as { code?: number }).code === notFound) return null;
      throw error;
    }
  }

  /** What a workflow was started with. */
  async inputOf<Input>(workflowId: string): Promise<Input> {
    const history = await this.history(workflowId);
    const [payload] = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    if (!payload) throw new Error(`${workflowId} has no input`);
    return defaultPayloadConverter.fromPayload<Input>(payload as Payload);
  }

  /** A workflow that a test has started by itself: replayed too. */
  keep(workflowId: string): void {
    this.started.push(workflowId);
  }

  /** Stops the workers and starts others, with the same outside world. */
  async restart(): Promise<void> {
    const { world } = this;
    await this.running.stop();
    this.running = await startWorld(this.environment, world);
  }

  handle(workflowId: string) {
    return this.environment.client.workflow.getHandle(workflowId);
  }

  async start(plan: ReleasePlan, change: Partial<PipelineInput> = {}): Promise<string> {
    const own = { ...plan, namespace: this.namespace };
    const workflowId = pipelineWorkflowId(own);
    this.started.push(workflowId, ...this.idsOf(own));
    await this.environment.client.workflow.start<typeof pipeline>('pipeline', {
      workflowId,
      taskQueue: TaskQueue.orchestrate,
      args: [input(own, change)],
    });
    return workflowId;
  }

  /** Starts a run and awaits its end while virtual time passes. */
  async run(plan: ReleasePlan, change: Partial<PipelineInput> = {}): Promise<PipelineResult> {
    return this.result(await this.start(plan, change));
  }

  /** The result of a run, also when it failed. */
  async result(workflowId: string): Promise<PipelineResult> {
    return endOf<PipelineResult>(this.environment, workflowId).catch((error) => {
      const [result] = (error.cause?.details ?? []) as PipelineResult[];
      if (!result) throw error;
      return result;
    });
  }

  status(workflowId: string): Promise<PipelineStatus> {
    return this.handle(workflowId).query(statusQuery);
  }

  deployment(release: string, environment = 'production'): string {
    return deploymentWorkflowId({ namespace: this.namespace, app: 'shop', environment, release });
  }

  deploymentStatus(release: string, environment = 'production'): Promise<DeploymentStatus> {
    return this.handle(this.deployment(release, environment)).query(deploymentStatusQuery);
  }

  keeper(environment = 'production') {
    return this.handle(environmentWorkflowId({ namespace: this.namespace, environment }));
  }

  environmentStatus(environment = 'production'): Promise<EnvironmentStatus> {
    return this.keeper(environment).query(environmentStatusQuery);
  }

  async timeline(workflowId: string): Promise<string[]> {
    return (await this.handle(workflowId).query(timelineQuery)).map(({ message }) => message);
  }

  approve(workflowId: string, change: Partial<DecideInput> = {}): Promise<unknown> {
    return this.decide(workflowId, { verdict: 'approve', ...change });
  }

  decide(workflowId: string, change: Partial<DecideInput>): Promise<unknown> {
    const decision: DecideInput = { stage: 'production', verdict: 'approve', by: bob, reason: 'seen', ...change };
    return this.handle(workflowId).executeUpdate(decideUpdate, { args: [decision] });
  }

  command(
    workflowId: string,
    kind: 'pause' | 'resume' | 'abort' | 'rollback',
    by: Identity = bob,
    reason = 'because',
  ): Promise<unknown> {
    const updates = { pause: pauseUpdate, resume: resumeUpdate, abort: abortUpdate, rollback: rollbackUpdate };
    const update = updates[kind] as UpdateDefinition<PipelineStatus, [CommandInput]>;
    return this.handle(workflowId).executeUpdate(update, { args: [{ by, reason }] });
  }

  /** Waits, in real time and with virtual time standing still, until the check passes; fails with its last error. */
  async until(check: () => Promise<void> | void, timeoutMs = 40_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      try {
        return await check();
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, 15));
      }
    }
  }

  /** Until the run is in this phase. */
  async untilPhase(workflowId: string, phase: PipelineStatus['phase']): Promise<PipelineStatus> {
    let status = await this.status(workflowId);
    await this.until(async () => {
      status = await this.status(workflowId);
      if (status.phase !== phase) throw new Error(`${workflowId} is ${status.phase} (${status.reason}), not ${phase}`);
    });
    return status;
  }

  /** Lets virtual time pass. */
  pass(seconds: number): Promise<void> {
    return this.environment.sleep(seconds * 1000);
  }

  private idsOf({ namespace, app, release, stages }: ReleasePlan): string[] {
    return stages.flatMap(({ deployment }) => {
      if (!deployment) return [];
      const { environment } = deployment;
      const name = { namespace, app: app.name, environment, release };
      return [
        guardianWorkflowId(name),
        deploymentWorkflowId(name),
        rollbackWorkflowId(name),
        environmentWorkflowId({ namespace, environment }),
      ];
    });
  }
}

/** A fresh server and world a test. */
export function useHarness(serve?: () => Promise<TestWorkflowEnvironment>): () => Harness {
  let harness: Harness;
  beforeEach(async () => {
    harness = new Harness(serve);
    await harness.begin();
  });
  afterEach(() => harness.end());
  return () => harness;
}

/** The message at the root of what an update was refused with. */
export async function refusalOf(update: Promise<unknown>): Promise<string> {
  try {
    await update;
  } catch (error) {
    let cause = error;
    while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
    return cause instanceof Error ? cause.message : String(cause);
  }
  throw new Error('the update was taken');
}
