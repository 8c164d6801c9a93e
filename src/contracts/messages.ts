import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ReleasePlan } from '../definition/release-plan';
import type { Notification } from './activities';
import type { VerdictReason } from './analysis';
import type { Identity } from './identity';
import type { Proof } from './proof';
import type {
  DeployedRelease,
  DeploymentStatus,
  EnvironmentStatus,
  Freeze,
  PipelineStatus,
  TimelineEvent,
} from './status';

// Every command is an Update with a validator, and a Signal of the same name for plain clients. A refused Update throws;
// a refused Signal is audited and shows in the timeline.

export interface DecideInput {
  readonly stage: string;
  readonly gate?: string;
  readonly verdict: 'approve' | 'reject';
  readonly by: Identity;
  readonly reason: string;
  /** The hash the person looked at; when given it must still be what is asked. */
  readonly subject?: string;
  /** When the question was asked that the person looked at (ISO-8601); when given it must be the one that waits. */
  readonly askedAt?: string;
  /** With it, `gate`, `subject` and `askedAt` are given too: a signed decision answers one question, once. */
  readonly proof?: Proof;
}

/** Pause, resume, abort and rollback: who and why. */
export interface CommandInput {
  readonly by: Identity;
  readonly reason: string;
  readonly proof?: Proof;
}

export interface SkipInput extends CommandInput {
  readonly stage: string;
}

export const decideUpdate = defineUpdate<PipelineStatus | DeploymentStatus, [DecideInput]>('decide');
export const pauseUpdate = defineUpdate<PipelineStatus | DeploymentStatus, [CommandInput]>('pause');
export const resumeUpdate = defineUpdate<PipelineStatus | DeploymentStatus, [CommandInput]>('resume');
export const abortUpdate = defineUpdate<PipelineStatus | DeploymentStatus, [CommandInput]>('abort');
export const rollbackUpdate = defineUpdate<PipelineStatus | DeploymentStatus, [CommandInput]>('rollback');
export const skipUpdate = defineUpdate<PipelineStatus, [SkipInput]>('skip');

export const decideSignal = defineSignal<[DecideInput]>('decide');
export const pauseSignal = defineSignal<[CommandInput]>('pause');
export const resumeSignal = defineSignal<[CommandInput]>('resume');
export const abortSignal = defineSignal<[CommandInput]>('abort');
export const rollbackSignal = defineSignal<[CommandInput]>('rollback');
export const skipSignal = defineSignal<[SkipInput]>('skip');

/** Something outside happened: a bare-name trigger, told by a webhook or another system. */
export const eventSignal = defineSignal<[{ readonly name: string; readonly message: string }]>('event');
/** An `alerts` condition became true during an analysis; the deployment notifies and goes on. */
export const alertSignal = defineSignal<[VerdictReason]>('alert');

export const statusQuery = defineQuery<PipelineStatus>('status');
export const deploymentStatusQuery = defineQuery<DeploymentStatus>('status');
export const planQuery = defineQuery<ReleasePlan>('plan');
export const timelineQuery = defineQuery<readonly TimelineEvent[]>('timeline');

/** A deployment tells its pipeline what a person would want to see there: waiting, asking, rolling back. */
export const stageProgressSignal = defineSignal<[StageProgress]>('stageProgress');
export interface StageProgress {
  readonly stage: string;
  readonly status: DeploymentStatus;
}

/** A deployment has ended: `deployment.ended`, for whoever marks it on graphs. */
export const deploymentEndedSignal = defineSignal<[Notification]>('deploymentEnded');

// The environment entity.

export interface AcquireInput {
  /** Workflow id of the deployment that asks; asking twice is asking once. */
  readonly holder: string;
  readonly app: string;
  readonly release: string;
  readonly concurrency: 'queue' | 'supersede' | 'parallel';
  /** A rollback goes first and is held up by nothing. */
  readonly urgent: boolean;
  /** A release that was rolled back here is refused unless somebody re-opened it. */
  readonly reopen: boolean;
}

/** What one cluster runs, and where a rollback there goes. */
export interface Home {
  readonly current: DeployedRelease | null;
  /** What serves and is not the asking release: where a rollback goes first. */
  readonly stable: DeployedRelease | null;
  /** The last one beside `stable` that passed its analyses and was not rejected since: where a rollback goes when `stable` is broken too. */
  readonly lastVerified: DeployedRelease | null;
}

export interface RegionHome extends Home {
  readonly region: string;
}

export type AcquireResult =
  /** `regions`: those that have a past of their own; beside them is what runs, or ran, without a region. */
  | ({ readonly state: 'granted'; readonly regions?: readonly RegionHome[] } & Home)
  | { readonly state: 'waiting'; readonly reason: string }
  | { readonly state: 'refused'; readonly reason: string };

export interface ReleaseEnvironmentInput {
  readonly holder: string;
  readonly outcome: 'deployed' | 'rolled_back' | 'unchanged';
  /** What serves now. */
  readonly serving: DeployedRelease | null;
  /** The release that was given up, and why; it is rejected until re-opened. */
  readonly rejected: { readonly release: string; readonly reason: string } | null;
  /** Of an environment with regions, instead of `serving`: what serves in those that were changed, oldest first. */
  readonly regions?: readonly RegionServing[];
}

export interface RegionServing {
  readonly region: string;
  readonly serving: DeployedRelease | null;
}

export interface FreezeInput extends CommandInput {
  readonly id: string;
  readonly until: string | null;
}

export const acquireUpdate = defineUpdate<AcquireResult, [AcquireInput]>('acquire');
export const releaseEnvironmentUpdate = defineUpdate<void, [ReleaseEnvironmentInput]>('release');
export const freezeUpdate = defineUpdate<Freeze, [FreezeInput]>('freeze');
export const unfreezeUpdate = defineUpdate<void, [CommandInput & { readonly id?: string }]>('unfreeze');
export const environmentStatusQuery = defineQuery<EnvironmentStatus>('status');
/** Tells a waiting deployment that it holds the environment now, or that a newer release took its place. */
export const environmentSignal = defineSignal<[AcquireResult]>('environment');
/** Tells the deployments that hold the environment which freezes people have put on it: all of them, or none any more. */
export const freezesSignal = defineSignal<[readonly Freeze[]]>('freezes');
