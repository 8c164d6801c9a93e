import type { AnalysisPlan, DeploymentPlan, ReleasePlan } from '../definition/release-plan';
import type { Artifact } from './activities';
import type { VerdictReason } from './analysis';
import type { Identity } from './identity';
import type { AcquireInput } from './messages';
import type { Phase } from './phases';
import type { EnvironmentStatus, StageStatus } from './status';

/** Workflow types, as registered: the exported functions of src/workflows. */
export const WorkflowType = {
  pipeline: 'pipeline',
  deployment: 'deployment',
  environment: 'environment',
  guardian: 'guardian',
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
  readonly artifact: Artifact | null;
  readonly auditSequence: number;
  readonly paused: boolean;
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
  readonly channels: ReleasePlan['channels'];
  readonly author: Identity;
  readonly planHash: string;
  readonly reopen: boolean;
  /** `rollback`: no steps up; the environment goes back to its last verified release at once. */
  readonly mode: 'deploy' | 'rollback';
  readonly reason: string;
}

export interface DeploymentResult {
  readonly phase: Phase;
  /** Precisely what decided, and what serves now. */
  readonly reason: string;
  readonly decisions: readonly VerdictReason[];
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
  readonly state?: Omit<EnvironmentStatus, 'workflowId' | 'waiting'> & {
    readonly waiting: readonly (AcquireInput & { readonly since: string })[];
  };
  readonly auditSequence?: number;
}

export interface GuardianInput {
  readonly deployment: DeploymentInput;
  readonly analysis: AnalysisPlan;
}

export interface GuardianResult {
  readonly rolledBack: boolean;
  readonly reason: string;
}
