import type { Client } from '@temporalio/client';
import type { Identity } from '../contracts/identity';
import type { Phase } from '../contracts/phases';
import type { DeploymentStatus, PipelineStatus } from '../contracts/status';
import type { ReleasePlan } from '../definition/release-plan';

export interface ProductionClientOptions {
  /** A connected client of Temporal's; {@link connectProduction} makes one from the standard configuration. */
  readonly client: Client;
  /** Address of Temporal's web interface, for the links in answers; null: none is known. @default null */
  readonly uiUrl?: string | null;
  /** How long a question may take. @default 10000 */
  readonly queryTimeoutMs?: number;
  /** How long a command waits for the workflow's answer. @default 30000 */
  readonly commandTimeoutMs?: number;
  /** How long a look at clusters may take. @default 150000 */
  readonly lookTimeoutMs?: number;
}

export interface StartRequest {
  readonly plan: ReleasePlan;
  readonly author: Identity;
  /** Deploy a release again that was rolled back or that succeeded. @default false */
  readonly reopen?: boolean;
}

export interface StartedRun {
  readonly workflowId: string;
  readonly runId: string;
  /** The run's page in Temporal's web interface; null when its address is not known. */
  readonly url: string | null;
  /** What was there: nothing (it was started now), the same release at work, or the same release with success. */
  readonly existing: 'none' | 'running' | 'succeeded';
}

/** A run's snapshot with that of each deployment at work, and every approval that is asked anywhere in it. */
export interface RunStatus extends PipelineStatus {
  readonly deployments: readonly DeploymentStatus[];
}

/** Who commands, and why. */
export interface Command {
  readonly by: Identity;
  readonly reason: string;
}

export interface Decision extends Command {
  /** The stage that asks; may be left out when just one does. */
  readonly stage?: string;
  readonly gate?: string;
  readonly verdict: 'approve' | 'reject';
  /** The hash the person looked at; the decision is void when something else is asked by now. */
  readonly subject?: string;
}

/** A run's rollback: the run goes back by itself, or, when it has ended, a workflow per environment does. */
export type RollbackStarted =
  | { readonly kind: 'run'; readonly status: RunStatus }
  | {
      readonly kind: 'environments';
      readonly rollbacks: readonly {
        readonly environment: string;
        readonly workflowId: string;
        readonly runId: string;
        readonly url: string | null;
      }[];
    };

export interface RunSummary {
  readonly workflowId: string;
  readonly runId: string;
  readonly namespace: string;
  readonly name: string;
  readonly release: string;
  /** Null: Temporal has not indexed it yet. */
  readonly phase: Phase | null;
  readonly awaitingApproval: boolean;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly url: string | null;
}

export interface ListFilter {
  readonly namespace?: string;
  readonly name?: string;
  readonly release?: string;
  readonly phase?: Phase;
  readonly awaitingApproval?: boolean;
  /** At most so many, newest first. @default 50 */
  readonly limit?: number;
}

export interface EnvironmentRef {
  readonly namespace: string;
  readonly environment: string;
}

/** Something outside happened: a bare-name trigger of a document. */
export interface OutsideEvent {
  readonly name: string;
  readonly message: string;
}

export interface DriftRequest extends EnvironmentRef, Command {
  /** Give the releases' own fields the values back that they were deployed with. */
  readonly heal: boolean;
}

export interface FreezeRequest extends EnvironmentRef, Command {
  /** Names the freeze, so that setting it twice is setting it once. */
  readonly id: string;
  /** ISO-8601; null: until somebody lifts it. */
  readonly until: string | null;
}

export interface WatchOptions {
  /** Between two looks. @default 500 */
  readonly intervalMs?: number;
  /** How long Temporal may be away before the watch gives up. @default 120000 */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
  /** Told once when Temporal or the worker stops answering, and once (null) when it is back. */
  readonly onInterruption?: (reason: string | null) => void;
}
