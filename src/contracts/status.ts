import type { AppPlan, ClusterPlan } from '../definition/release-plan';
import type { VerdictReason } from './analysis';
import type { Phase } from './phases';

/** A typed snapshot of a run: the same in `f0 status`, the console and Temporal's UI (query `status`). */
export interface PipelineStatus {
  readonly workflowId: string;
  readonly runId: string;
  readonly namespace: string;
  readonly name: string;
  readonly release: string;
  readonly phase: Phase;
  /** Why it is in this phase; the first cause when it failed. */
  readonly reason: string;
  readonly planHash: string;
  readonly artifactDigest: string | null;
  readonly author: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly stages: readonly StageStatus[];
  readonly awaiting: readonly AwaitingApproval[];
}

export interface StageStatus {
  readonly name: string;
  readonly phase: Phase;
  readonly reason: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly environment: string | null;
  /** The deployment's own workflow, while or after it ran. */
  readonly deploymentId: string | null;
  readonly decisions: readonly VerdictReason[];
  /** Skipped because something it requires did not succeed: its own dependants are skipped too. */
  readonly skippedForFailure: boolean;
  /** Set when a deployment went back. */
  readonly rollback: RollbackFigures | null;
}

/** ISO-8601 each; null: not known, or it did not come to that. */
export interface RollbackFigures {
  readonly breachedAt: string | null;
  readonly decidedAt: string | null;
  readonly trafficBackAt: string | null;
}

export interface AwaitingApproval {
  /** The workflow that asks; decisions go there. */
  readonly workflowId: string;
  readonly stage: string;
  readonly gate: string;
  readonly roles: readonly string[];
  readonly approvers: readonly string[];
  readonly quorum: number;
  readonly approvedBy: readonly string[];
  /** What is approved: a hash over artifact digest, document and steps. A decision on another subject is void. */
  readonly subject: string;
  readonly askedAt: string;
  readonly expiresAt: string;
  /** Whether decisions must be signed, or may be. Left out: the platform has no signing keys, names are taken as given. */
  readonly proof?: 'required' | 'accepted';
}

export interface DeploymentStatus {
  readonly workflowId: string;
  readonly environment: string;
  readonly release: string;
  /** Null too where regions have different ones. */
  readonly stableRelease: string | null;
  readonly phase: Phase;
  readonly reason: string;
  /** Traffic share of the candidate, 0..100; over regions the mean of theirs. */
  readonly weight: number;
  readonly steps: readonly StepStatus[];
  /** Of an environment with regions, in the order of their waves. */
  readonly regions?: readonly RegionStatus[];
  readonly awaiting: readonly AwaitingApproval[];
  readonly decisions: readonly VerdictReason[];
}

export interface RegionStatus {
  readonly region: string;
  readonly cluster: string;
  /** From 1. */
  readonly wave: number;
  readonly phase: Phase;
  /** Why it is in this phase; empty while there is nothing to say. */
  readonly reason: string;
  readonly stableRelease: string | null;
  /** Traffic share of the candidate, 0..100. */
  readonly weight: number;
}

export interface StepStatus {
  readonly title: string;
  /** Of an environment with regions; the soak of a wave has no region. */
  readonly region?: string;
  /** Of an environment with regions; from 1. */
  readonly wave?: number;
  readonly phase: Phase;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

export interface TimelineEvent {
  readonly at: string;
  readonly stage?: string;
  readonly actor: string;
  readonly message: string;
}

export interface EnvironmentStatus {
  readonly workflowId: string;
  readonly namespace: string;
  readonly environment: string;
  /** Workflow ids of the deployments at work here; several only with `concurrency: parallel`. */
  readonly holders: readonly string[];
  readonly waiting: readonly { readonly workflowId: string; readonly release: string; readonly since: string }[];
  /** Freezes set by hand; windows of the platform are part of each request. */
  readonly freezes: readonly Freeze[];
  /** What serves; of several apps the one that changed last. */
  readonly current: DeployedRelease | null;
  /** What serves, one an app and region. */
  readonly serving: readonly DeployedRelease[];
  readonly history: readonly DeployedRelease[];
  readonly rejected: readonly RejectedRelease[];
}

/** Rolled back here, and refused until somebody re-opens it. */
export interface RejectedRelease {
  readonly app: string;
  readonly release: string;
  readonly reason: string;
  readonly at: string;
}

/** What a rollback needs to bring a release back as it was. */
export interface DeployedRelease {
  readonly app: string;
  /** Where the environment has regions. */
  readonly region?: string;
  readonly release: string;
  readonly digest: string;
  readonly spec: AppPlan;
  readonly replicas: number;
  readonly env: Readonly<Record<string, string>>;
  /** Where it runs; left out by versions that did not keep it. */
  readonly cluster?: ClusterPlan;
  readonly at: string;
  /** Its analyses passed: a rollback may go here. */
  readonly verified: boolean;
}

export interface Freeze {
  readonly id: string;
  readonly reason: string;
  readonly by: string;
  readonly from: string;
  /** Null: until somebody lifts it. */
  readonly until: string | null;
}
