import type { AppPlan, ChannelPlan, ClusterPlan, CommandPlan, StrategyName } from '../definition/release-plan';
import type { AnalyzeInput, AnalyzeResult } from './analysis';
import type { AuditEntry } from './audit';
import type { Adoption, DriftReport, ReleasePreview } from './cluster-changes';
import type { AcquireInput, AcquireResult, ReleaseEnvironmentInput } from './messages';

// What workflows call: inputs and results of the activities, all plain JSON. The `key` of an input is its idempotency
// key (workflow id / stage / step, never the attempt): an activity that finds its effect done answers as if it had done it.

/** What a build made: everything downstream deploys by digest only. */
export interface Artifact {
  /** `sha256:<hex>` of the content. */
  readonly digest: string;
  readonly sizeBytes: number;
  /** CycloneDX software bill of materials, and SLSA provenance: digests in the same store. */
  readonly sbomDigest: string;
  readonly provenanceDigest: string;
  /** ISO-8601: of the newest commit that changed the source; left out where the builder cannot tell. */
  readonly committedAt?: string;
}

export interface BuildInput {
  readonly key: string;
  readonly provider: string;
  readonly action: string;
  readonly app: AppPlan;
  readonly release: string;
  readonly isolation: CommandPlan['isolation'];
  readonly timeoutSeconds: number;
}

export interface RunCommandInput {
  readonly key: string;
  /** Runs inside the unpacked artifact when there is one, else in the source folder. */
  readonly artifactDigest: string | null;
  readonly source: string;
  readonly command: CommandPlan;
  readonly release: string;
}

/** A command that ended with a code other than 0 is a `CommandFailed` failure whose message has the last lines. */
export interface CommandResult {
  readonly exitCode: 0;
  readonly durationSeconds: number;
  /** The last lines, at most 4 KiB; the whole (bounded) output is in the log store under `logDigest`. */
  readonly tail: string;
  readonly logDigest: string;
}

export interface ReleaseRef {
  readonly key: string;
  readonly namespace: string;
  readonly cluster: ClusterPlan;
  readonly environment: string;
  /** Where the environment has regions: part of what names the app, beside namespace, environment and app. */
  readonly region?: string;
  readonly app: AppPlan;
  readonly release: string;
  readonly digest: string;
}

export interface PrepareInput extends ReleaseRef {
  readonly replicas: number;
  readonly env: Readonly<Record<string, string>>;
  /** Replace the serving replicas one by one, traffic included. */
  readonly rolling: boolean;
  readonly progressDeadlineSeconds: number;
  /**
   * A way back, which waits for nobody: `directly`; or `by_request`, where that was refused and people have been told. Left
   * out: the way up.
   */
  readonly goesBack?: 'directly' | 'by_request';
}

export interface ShiftInput extends ReleaseRef {
  /** Share of `release`, 0..100; the rest goes to `otherRelease`. */
  readonly weight: number;
  readonly otherRelease: string | null;
  /** A way back: as in `PrepareInput`. */
  readonly goesBack?: PrepareInput['goesBack'];
}

/** The release that serves again, and the one whose traffic it gets; null: only its own was to be had back. */
export interface BringBackInput extends PrepareInput {
  readonly otherRelease: string | null;
}

export interface RetireInput extends ReleaseRef {
  /** It goes, and there is no release before it: what somebody else had there gets the traffic again. */
  readonly withdrawn?: true;
}

/** What an environment serves, as read from it. */
export interface TrafficState {
  readonly stableRelease: string | null;
  /** Sums to 100, or is empty when nothing serves. */
  readonly weights: readonly { readonly release: string; readonly weight: number }[];
  readonly replicas: readonly { readonly release: string; readonly ready: number; readonly desired: number }[];
  /** Where users reach it; null when the cluster has no such address. */
  readonly url: string | null;
  /** What others had applied, and this very call has taken over; left out: nothing. */
  readonly adopted?: readonly Adoption[];
}

/** Scrape addresses of one release's replicas: what the built-in analytics reads. */
export interface MetricEndpoint {
  readonly url: string;
  readonly replica: string;
}

export interface DescribeInput {
  readonly namespace: string;
  readonly cluster: ClusterPlan;
  readonly environment: string;
  readonly region?: string;
  readonly app: string;
}

/** A release before it is built: what it consists of is read from the source folder. */
export interface PreviewReleaseInput extends Omit<ReleaseRef, 'key' | 'digest'> {
  readonly replicas: number;
  readonly env: Readonly<Record<string, string>>;
  /** It replaces the serving replicas in place. */
  readonly rolling: boolean;
  /** The release before is stopped in the end. */
  readonly retires: boolean;
}

/** The release that serves, as it was deployed. */
export interface DetectDriftInput extends ReleaseRef {
  readonly replicas: number;
  readonly env: Readonly<Record<string, string>>;
  /** Give the release's own fields the values they had. */
  readonly heal: boolean;
}

export interface NotifyInput {
  readonly key: string;
  readonly channel: ChannelPlan;
  readonly notification: Notification;
}

export interface Notification {
  readonly type:
    | 'approval.requested'
    | 'approval.reminder'
    | 'approval.escalated'
    | 'alert'
    | 'release.finished'
    | 'rollback.started'
    /** For channels that show graphs, and for no others. */
    | 'deployment.started'
    | 'deployment.ended';
  readonly title: string;
  readonly text: string;
  readonly at: string;
  readonly workflowId: string;
  readonly namespace: string;
  readonly release: string;
  readonly environment: string | null;
  /** What is asked, where something is: a channel with buttons sends the decision back with it. */
  readonly approval?: { readonly stage: string; readonly gate: string; readonly subject: string };
  /** With `deployment.started` and `deployment.ended`. */
  readonly deployment?: DeployEvent;
}

/** What a mark on a graph says of a deployment. */
export interface DeployEvent {
  /** The same at the beginning and the end of one deployment, and of no other. */
  readonly id: string;
  readonly app: string;
  readonly strategy: StrategyName;
  /** The author of the release. */
  readonly by: string;
  readonly startedAt: string;
  /** Null: it has not ended. */
  readonly outcome: DeployOutcome | null;
}

export type DeployOutcome = 'succeeded' | 'rolled_back' | 'failed' | 'aborted';

export interface BuildActivities {
  buildArtifact(input: BuildInput): Promise<Artifact>;
}
export interface CommandActivities {
  runCommand(input: RunCommandInput): Promise<CommandResult>;
}
export interface DeployActivities {
  prepareRelease(input: PrepareInput): Promise<TrafficState>;
  shiftTraffic(input: ShiftInput): Promise<TrafficState>;
  /**
   * Prepares, and gives all of the traffic: one activity, because on the way back each turn of the workflow is time in which
   * users get a faulty release.
   */
  bringBackRelease(input: BringBackInput): Promise<TrafficState>;
  promoteRelease(input: ReleaseRef): Promise<TrafficState>;
  retireRelease(input: RetireInput): Promise<TrafficState>;
  describeTraffic(input: DescribeInput): Promise<TrafficState>;
  /** Null: the cluster is of a type that cannot tell beforehand. */
  previewRelease(input: PreviewReleaseInput): Promise<ReleasePreview | null>;
  /** Null: nobody can change anything in a cluster of this type beside us. */
  detectDrift(input: DetectDriftInput): Promise<DriftReport | null>;
}
export interface ObserveActivities {
  analyze(input: AnalyzeInput): Promise<AnalyzeResult>;
}
export interface NotifyActivities {
  notify(input: NotifyInput): Promise<void>;
}
export interface AuditActivities {
  recordAudit(input: { readonly entries: readonly AuditEntry[] }): Promise<void>;
}
/** Talks to the environment entity, which a workflow cannot start by itself. */
export interface CoordinationActivities {
  acquireEnvironment(input: {
    readonly workflowId: string;
    readonly namespace: string;
    readonly environment: string;
    readonly request: AcquireInput;
  }): Promise<AcquireResult>;
  releaseEnvironment(input: { readonly workflowId: string; readonly request: ReleaseEnvironmentInput }): Promise<void>;
  /** Of these workflows, the ones that have ended: their leases are void. */
  findEnded(input: { readonly workflowIds: readonly string[] }): Promise<{ readonly ended: readonly string[] }>;
}
