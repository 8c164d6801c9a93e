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

export interface Throughput {
  readonly runs: number;
  readonly startsPerSecond: number;
  /** Decisions taken (or bare signals) to the activity's start, a second, all at once. */
  readonly burstPerSecond: number;
  readonly burst: Latency;
  /** The rate that was asked for, or that the callers came to. */
  readonly steadyPerSecond: number;
  readonly steady: Latency;
  /** With all of the runs open. */
  readonly workerRssBytes: number;
  /** Until all decisions were taken. */
  readonly workerPeakRssBytes: number;
  /** Workflow tasks that a decision costs until its run has ended, counted in histories: their mean. */
  readonly tasksPerDecision: number;
  /** Runs that never came to their activity: must be 0. */
  readonly lost: number;
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
export function bareKind(rig: Rig): Kind {
  const { workflow } = rig.client;
  return {
    workflowId: (key) => key,
    start: (key) => workflow.start('bare', { workflowId: key, taskQueue: TaskQueue.orchestrate, args: [{ key }] }),
    decide: (key) => workflow.getHandle(key).signal(goSignal),
    waits: isOpen,
  };
}

/** A pipeline run that waits at an approval, then runs one command. */
export function pipelineKind(rig: Rig): Kind {
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
 * Starts `runs` runs, and takes the decisions while all wait: some evenly at `steadyPerSecond`, or as fast as a few callers
 * can (null), then half of the runs in one burst.
 */
export async function measure(
  rig: Rig,
  kind: Kind,
  prefix: string,
  runs: number,
  steadyPerSecond: number | null,
): Promise<Throughput> {
  const keys = Array.from({ length: runs }, (_, index) => `${prefix}-${runs}-${index}`);
  const ids = `WorkflowId STARTS_WITH '${kind.workflowId(`${prefix}-${runs}-`)}'`;
  const count = async (condition: string) => (await rig.client.workflow.count(`${ids} AND ${condition}`)).count;
  const startSeconds = await seconds(async () => {
    for (let begun = 0; begun < runs; begun += wave) {
      await bounded(keys.slice(begun, begun + wave), width, kind.start);
      const wanted = Math.min(begun + wave, runs);
      while ((await count(kind.waits)) < wanted) await sleep(250);
    }
  });
  await bounded(keys.map(kind.workflowId), width, (workflowId) => untilNoTaskIsDue(rig, workflowId));
  const { rssBytes: workerRssBytes } = await rig.workerMemory();

  const steadyKeys = keys.slice(0, steadyRuns(runs, steadyPerSecond));
  const burstKeys = keys.slice(runs / 2);
  const burst: number[] = [];
  const steady: number[] = [];
  const decideAndWait = (into: number[]) => async (key: string) => {
    const decided = Date.now();
    const [at] = await Promise.all([rig.started(key), kind.decide(key)]);
    into.push(at - decided);
  };
  const steadySeconds = await seconds(() =>
    steadyPerSecond === null
      ? bounded(steadyKeys, callers, decideAndWait(steady))
      : paced(steadyKeys, steadyPerSecond, decideAndWait(steady)),
  );
  // What their last tasks cost is no part of the burst.
  while ((await count(isOpen)) > runs - steadyKeys.length) await sleep(250);
  const burstSeconds = await seconds(() => bounded(burstKeys, burstWidth, decideAndWait(burst)));
  return {
    runs,
    startsPerSecond: runs / startSeconds,
    burstPerSecond: burstKeys.length / burstSeconds,
    burst: latencyOf(burst),
    steadyPerSecond: steadyPerSecond ?? steadyKeys.length / steadySeconds,
    steady: latencyOf(steady),
    workerRssBytes,
    workerPeakRssBytes: (await rig.workerMemory()).peakRssBytes,
    tasksPerDecision: await meanTasksOfDecision(rig, burstKeys.map(kind.workflowId)),
    lost: burstKeys.length + steadyKeys.length - burst.length - steady.length,
  };
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

/** A minute of the steady rate is enough to see a queue grow. */
function steadyRuns(runs: number, perSecond: number | null): number {
  return Math.min(runs / 2, perSecond === null ? 1_000 : Math.round(perSecond * 60));
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
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
