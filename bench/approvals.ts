import { setTimeout as sleep } from 'node:timers/promises';
import { pipelineWorkflowId } from '../src/contracts/ids';
import { decideUpdate } from '../src/contracts/messages';
import { TaskQueue } from '../src/contracts/task-queues';
import type { ReleasePlan, StagePlan } from '../src/definition/release-plan';
import { patiently } from './patience';
import type { Rig } from './rig';
import { bounded, type Latency, latencyOf, paced } from './statistics';
import { goSignal } from './workflows';

/** How many starts are in flight at once from the client. */
const width = 64;
/** How many runs are started before the bench waits until all of them wait: what a server has queued stays bounded. */
const wave = 500;
/** How many decisions wait for their answers at once: a namespace takes 1,200 such calls, more are refused. */
const burstWidth = 500;
/** How many callers find out what rate the bare workflow keeps, each with one round at a time. */
export const callers = 8;

/** How many bare runs are decided in each of their bursts. */
const bareBurst = 500;
/** How many bare runs find out the rate. */
const bareSteady = 300;

/** Open runs of one kind. */
export interface Opened {
  readonly runs: number;
  readonly startsPerSecond: number;
  readonly workerRssBytes: number;
}

/** Decisions taken (or bare signals), and how long it took from each to the start of the next activity. */
export interface Decisions {
  readonly perSecond: number;
  readonly latency: Latency;
  /** Decisions whose run never came to its activity: must be 0. */
  readonly lost: number;
}

/** All at once; the rate is that of the runs that ended, with all of their workflow tasks. */
export interface Burst extends Decisions {
  /** Workflow tasks that a decision costs until its run has ended, counted in histories: their mean. */
  readonly tasksPerDecision: number;
}

/** The pipeline and the bare workflow, which is its limit, on one server. */
export interface Comparison {
  readonly bare: {
    readonly opened: Opened;
    readonly steady: Decisions;
    /** A server that has more in it is slower: before the burst of the pipeline, and after it. */
    readonly bursts: readonly [Burst, Burst];
  };
  readonly pipeline: {
    readonly opened: Opened;
    readonly steady: Decisions;
    readonly burst: Burst;
    /** Until all decisions were taken. */
    readonly workerPeakRssBytes: number;
  };
}

interface Kind {
  readonly workflowId: (key: string) => string;
  readonly start: (key: string) => Promise<unknown>;
  readonly decide: (key: string) => Promise<unknown>;
  /** By what Temporal's index knows a run that waits to be decided. */
  readonly waits: string;
}

const isOpen = "ExecutionStatus = 'Running'";

/** The bare workflow: one signal, one activity. */
function bareKind(rig: Rig): Kind {
  const { workflow } = rig.client;
  return {
    workflowId: (key) => key,
    start: (key) => workflow.start('bare', { workflowId: key, taskQueue: TaskQueue.orchestrate, args: [{ key }] }),
    decide: (key) => workflow.getHandle(key).signal(goSignal),
    waits: isOpen,
  };
}

/** A pipeline run that waits at an approval, then runs one command. */
function pipelineKind(rig: Rig): Kind {
  const { workflow } = rig.client;
  return {
    workflowId: (key) => pipelineWorkflowId(approvalPlan(key)),
    start: (key) =>
      patiently(() =>
        workflow.start('pipeline', {
          workflowId: pipelineWorkflowId(approvalPlan(key)),
          workflowIdConflictPolicy: 'USE_EXISTING',
          taskQueue: TaskQueue.orchestrate,
          args: [{ plan: approvalPlan(key), author: { name: 'anna', source: 'cli' }, reopen: false }],
        }),
      ),
    // Its id makes two attempts one decision.
    decide: (key) =>
      patiently(() =>
        workflow.getHandle(pipelineWorkflowId(approvalPlan(key))).executeUpdate(decideUpdate, {
          updateId: key,
          args: [{ stage: 'release', verdict: 'approve', by: { name: 'bob', source: 'cli' }, reason: '' }],
        }),
      ),
    waits: 'F0AwaitingApproval = true',
  };
}

/**
 * Opens `runs` pipeline runs beside some bare ones, and takes the decisions while all wait: first some at the rate of the
 * product's use, half of what a few callers get from the bare workflow; then half of the runs in one burst.
 */
export async function compare(rig: Rig, runs: number): Promise<Comparison> {
  const bare = new Cohort(rig, bareKind(rig), 'bare');
  const pipeline = new Cohort(rig, pipelineKind(rig), 'pipeline');
  const bareOpened = await bare.open(bareSteady + bareBurst);
  const opened = await pipeline.open(runs);

  const bareSteadily = await bare.decide(bareSteady, (keys, decide) => bounded(keys, callers, decide));
  const rate = bareSteadily.perSecond / 2;
  // A minute of it is enough to see a queue grow.
  const wanted = Math.min(runs / 2, Math.round(rate * 60));
  const steady = await pipeline.decide(wanted, (keys, decide) => paced(keys, rate, decide));

  const before = await bare.burst(bareBurst);
  const burst = await pipeline.burst(runs / 2);
  const { peakRssBytes: workerPeakRssBytes } = await rig.workerMemory();
  await bare.open(bareBurst);
  const bursts = [before, await bare.burst(bareBurst)] as const;
  return {
    bare: { opened: bareOpened, steady: bareSteadily, bursts },
    pipeline: { opened, steady: { ...steady, perSecond: rate }, burst, workerPeakRssBytes },
  };
}

/** Warm: what is measured is a warm server and a warm worker. */
export async function warmUp(rig: Rig): Promise<void> {
  for (const cohort of [
    new Cohort(rig, bareKind(rig), 'warm-bare'),
    new Cohort(rig, pipelineKind(rig), 'warm-pipeline'),
  ]) {
    await cohort.open(100);
    await cohort.burst(100);
  }
}

/** Runs of one kind, opened by and by and decided in the same order. */
class Cohort {
  private opened = 0;
  private decided = 0;

  constructor(
    private readonly rig: Rig,
    private readonly kind: Kind,
    private readonly prefix: string,
  ) {}

  /** Opens further runs; resolves when all of them wait. */
  async open(runs: number): Promise<Opened> {
    const keys = this.keys(this.opened, runs);
    const before = this.opened - this.decided;
    const { tookSeconds } = await timed(async () => {
      for (let begun = 0; begun < runs; begun += wave) {
        await bounded(keys.slice(begun, begun + wave), width, this.kind.start);
        const waiting = before + Math.min(begun + wave, runs);
        while ((await this.count(this.kind.waits)) < waiting) await sleep(250);
      }
    });
    await bounded(keys, width, (key) => untilNoTaskIsDue(this.rig, this.kind.workflowId(key)));
    this.opened += runs;
    const { rssBytes: workerRssBytes } = await this.rig.workerMemory();
    return { runs, startsPerSecond: runs / tookSeconds, workerRssBytes };
  }

  /** Decides the next runs, as `pace` takes them; resolves when they have ended. */
  async decide(
    runs: number,
    pace: (keys: readonly string[], decide: (key: string) => Promise<void>) => Promise<void>,
  ): Promise<Decisions> {
    const keys = this.keys(this.decided, runs);
    this.decided += runs;
    const millis: number[] = [];
    const { tookSeconds } = await timed(() =>
      pace(keys, async (key) => {
        const decided = Date.now();
        const [at] = await Promise.all([this.rig.started(key), this.kind.decide(key)]);
        millis.push(at - decided);
      }),
    );
    await this.untilEnded();
    return { perSecond: runs / tookSeconds, latency: latencyOf(millis), lost: runs - millis.length };
  }

  async burst(runs: number): Promise<Burst> {
    const ids = this.keys(this.decided, runs).map(this.kind.workflowId);
    const { result, tookSeconds } = await timed(() =>
      this.decide(runs, (keys, decide) => bounded(keys, burstWidth, decide)),
    );
    const { latency, lost } = result;
    return { perSecond: runs / tookSeconds, latency, lost, tasksPerDecision: await meanTasksOfDecision(this.rig, ids) };
  }

  private async untilEnded(): Promise<void> {
    while ((await this.count(isOpen)) > this.opened - this.decided) await sleep(100);
  }

  private async count(condition: string): Promise<number> {
    const ids = `WorkflowId STARTS_WITH '${this.kind.workflowId(`${this.prefix}-`)}'`;
    return (await this.rig.client.workflow.count(`${ids} AND ${condition}`)).count;
  }

  private keys(from: number, runs: number): readonly string[] {
    return Array.from({ length: runs }, (_, index) => `${this.prefix}-${from + index}`);
  }
}

/** The index knows of a run before its first task is done; that of a decision would count for both. */
async function untilNoTaskIsDue({ client }: Rig, workflowId: string): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  while ((await handle.describe()).raw.pendingWorkflowTask) await sleep(250);
}

/** Of some runs from the whole burst: how the tasks of audit batches fall depends on how long a run had to queue. */
async function meanTasksOfDecision(rig: Rig, workflowIds: readonly string[]): Promise<number> {
  const every = Math.ceil(workflowIds.length / 50);
  const looked = workflowIds.filter((_, index) => index % every === 0);
  const counts: number[] = [];
  await bounded(looked, 8, async (workflowId) => counts.push(await tasksAfterTheFirst(rig, workflowId)));
  return counts.reduce((sum, count) => sum + count, 0) / counts.length;
}

/** The first brings a run of either kind to where it waits. */
async function tasksAfterTheFirst({ client }: Rig, workflowId: string): Promise<number> {
  const handle = client.workflow.getHandle(workflowId);
  await handle.result();
  const { events } = await handle.fetchHistory();
  return (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes).length - 1;
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly tookSeconds: number }> {
  const began = performance.now();
  const result = await work();
  return { result, tookSeconds: (performance.now() - began) / 1000 };
}

function approvalPlan(release: string): ReleasePlan {
  const isolation = { name: 'development', cleanEnvironment: false, ownDirectory: false, memoryMiB: 64, outputMiB: 1 };
  const gate = { name: 'manual_approval', approvers: [], roles: [], quorum: 1, expiresInSeconds: 86_400 };
  const stage: StagePlan = {
    name: 'release',
    kind: 'command',
    requires: [],
    gates: [{ ...gate, remindEverySeconds: null, escalateTo: [], allowAuthor: false }],
    skip: null,
    timeoutSeconds: 3600,
    retries: 0,
    allowFailure: false,
    build: null,
    commands: [
      { name: 'run', command: 'true', env: {}, workingDirectory: '.', image: null, isolation, timeoutSeconds: 60 },
    ],
    deployment: null,
  };
  return {
    namespace: 'bench',
    name: 'approvals',
    release,
    hash: release,
    documentDigest: 'bench',
    app: { name: 'bench', source: '/', build: [], start: '', healthPath: '/', metrics: null },
    inputs: {},
    maxParallelStages: 3,
    timeScale: 1,
    channels: [],
    directory: null,
    stages: [stage],
  };
}
