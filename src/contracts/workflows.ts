import type { AnalysisPlan, DeploymentPlan, ReleasePlan, SigningPlan } from '../definition/release-plan';
import type { Artifact, Notification } from './activities';
import type { VerdictReason } from './analysis';
import type { AuditEntry } from './audit';
import type { DriftReport, ReleasePreview } from './cluster-changes';
import type { Identity } from './identity';
import type { AcquireInput } from './messages';
import type { Phase } from './phases';
import type { DeployedRelease, EnvironmentStatus, StageStatus, TimelineEvent } from './status';

/** Workflow types, as registered: the exported functions of src/workflows. */
export const WorkflowType = {
  pipeline: 'pipeline',
  deployment: 'deployment',
  environment: 'environment',
  guardian: 'guardian',
  preview: 'preview',
  drift: 'drift',
  alerting: 'alerting',
  deployEvents: 'deployEvents',
} as const;

export interface PipelineInput {
  readonly plan: ReleasePlan;
  readonly author: Identity;
  /** Deploy a release again that was rolled back; audited. */
  readonly reopen: boolean;
  /** Where a run goes on after continue-as-new; clients leave it out. */
  readonly resumeFrom?: PipelineCarryOver;
}

export interface PipelineCarryOver {
  readonly startedAt: string;
  readonly stages: readonly StageStatus[];
  /** Stages that passed their gates and have not started yet. */
  readonly admitted: readonly AdmittedStage[];
  readonly artifact: Artifact | null;
  readonly auditSequence: number;
  /** The last events; all of them are in the audit log. */
  readonly timeline: readonly TimelineEvent[];
  readonly paused: boolean;
  /** The proofs that were taken a short time ago: none is taken twice. */
  readonly usedProofs?: readonly UsedProof[];
}

export interface UsedProof {
  /** SHA-256 (hex) of what was signed. */
  readonly hash: string;
  readonly signedAt: string;
}

export interface AdmittedStage {
  readonly stage: string;
  /** What its approvals are bound to; null: it has no gate. */
  readonly subject: string | null;
}

export interface PipelineResult {
  readonly phase: Phase;
  readonly reason: string;
  readonly artifactDigest: string | null;
  readonly stages: readonly StageStatus[];
}

export interface DeploymentInput {
  readonly namespace: string;
  readonly pipeline: string;
  readonly stage: string;
  readonly app: ReleasePlan['app'];
  readonly release: string;
  readonly artifact: Artifact;
  readonly plan: DeploymentPlan;
  readonly directory: ReleasePlan['directory'];
  readonly signing?: SigningPlan;
  readonly channels: ReleasePlan['channels'];
  readonly alerting?: ReleasePlan['alerting'];
  readonly author: Identity;
  readonly planHash: string;
  readonly reopen: boolean;
  /** `rollback`: no steps up; the environment goes back to its last verified release at once. */
  readonly mode: 'deploy' | 'rollback';
  readonly reason: string;
  /** With `rollback`: ISO-8601, the sample that first showed why; left out where no metric did. */
  readonly breachedAt?: string;
}

export interface DeploymentResult extends DeploymentOutcome {
  /** What is not in the audit log yet: the pipeline writes it with its own. Empty when the deployment did so itself. */
  readonly auditEntries: readonly AuditEntry[];
}

export interface DeploymentOutcome {
  readonly phase: Phase;
  /** Precisely what decided, and what serves now. */
  readonly reason: string;
  readonly decisions: readonly VerdictReason[];
  /** Null too where regions serve different ones: `reason` names each. */
  readonly servingRelease: string | null;
  /** ISO-8601: the sample that showed the breach, the decision, traffic back on the stable release; null when none. */
  readonly breachedAt: string | null;
  readonly rollbackDecidedAt: string | null;
  readonly trafficBackAt: string | null;
}

export interface EnvironmentInput {
  readonly namespace: string;
  readonly environment: string;
  /** Carried over continue-as-new; whoever starts an environment leaves it out. */
  readonly state?: EnvironmentState;
  readonly auditSequence?: number;
}

/** All that an environment's keeper knows. */
export interface EnvironmentState extends Omit<EnvironmentStatus, 'workflowId' | 'waiting' | 'holders'> {
  /** The requests that were granted and not given back. */
  readonly leases: readonly AcquireInput[];
  readonly waiting: readonly WaitingRequest[];
}

export interface WaitingRequest extends AcquireInput {
  /** ISO-8601. */
  readonly since: string;
}

export interface GuardianInput {
  readonly deployment: DeploymentInput;
  readonly analysis: AnalysisPlan;
}

export interface GuardianResult {
  readonly rolledBack: boolean;
  readonly reason: string;
}

export interface DeployEventsInput {
  readonly pipeline: string;
  /** All of them show graphs. */
  readonly channels: ReleasePlan['channels'];
  readonly started: Notification;
}

export interface PreviewInput {
  readonly plan: ReleasePlan;
}

export interface PreviewResult {
  /** The stages that deploy to clusters that can tell; in the plan's order. */
  readonly stages: readonly StagePreview[];
}

export interface StagePreview {
  readonly stage: string;
  readonly environment: string;
  readonly cluster: string;
  readonly preview: ReleasePreview | null;
  /** Why there is no preview. */
  readonly unavailable: string | null;
}

export interface DriftInput {
  readonly namespace: string;
  readonly environment: string;
  /** What serves, as the environment's keeper knows it. */
  readonly serving: readonly DeployedRelease[];
  readonly heal: boolean;
  readonly by: Identity;
  readonly reason: string;
}

export interface DriftResult {
  readonly namespace: string;
  readonly environment: string;
  /** Something is not as it was deployed, and was not healed. */
  readonly drifted: boolean;
  readonly releases: readonly ReleaseDrift[];
}

export interface ReleaseDrift {
  readonly app: string;
  readonly release: string;
  /** Null: not known. */
  readonly cluster: string | null;
  readonly report: DriftReport | null;
  /** Why there is no report. */
  readonly unavailable: string | null;
}
