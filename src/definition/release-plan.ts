import type { AlertingPlan } from './alerting-plan';
import type { Condition } from './condition';
import type { FreezeWindow } from './freeze';

/**
 * What a document means for one release: every default filled in, every duration in seconds, every name resolved.
 * Made once by `planRelease`, shown by `f0 plan`, executed by the workflows, hashed for approvals. Plain JSON.
 */
export interface ReleasePlan {
  readonly namespace: string;
  readonly name: string;
  readonly release: string;
  /** SHA-256 (hex) over everything else in the plan, as canonical JSON. */
  readonly hash: string;
  /** SHA-256 (hex) of the document's canonical JSON. */
  readonly documentDigest: string;
  readonly app: AppPlan;
  readonly inputs: Readonly<Record<string, string | number | boolean>>;
  readonly maxParallelStages: number;
  /** All durations below are multiplied by this already; 1 in production. */
  readonly timeScale: number;
  readonly channels: readonly ChannelPlan[];
  /** Left out: alerts are told to every channel, by the run itself. */
  readonly alerting?: AlertingPlan;
  /** Who may play which role; null: the platform keeps no directory, any named identity counts. */
  readonly directory: Directory | null;
  /** How people prove who decides. Left out: the platform has no signing keys, so names are taken as given. */
  readonly signing?: SigningPlan;
  /** In an order in which every stage comes after what it requires. */
  readonly stages: readonly StagePlan[];
}

export interface AppPlan {
  readonly name: string;
  /** Absolute path of the source folder, where the manifest `f0.app.yaml` is. */
  readonly source: string;
  /** Shell commands, in order; empty: nothing to compile. */
  readonly build: readonly string[];
  /** Starts one replica; gets PORT, F0_RELEASE and F0_ENVIRONMENT, in a region F0_REGION. */
  readonly start: string;
  readonly healthPath: string;
  /** Null: the app serves no metrics, so every condition on it is unknown. */
  readonly metrics: AppMetrics | null;
  /** Sent through the proxy where users send less than this, so that gates have something to measure. */
  readonly synthetic?: { readonly paths: readonly string[]; readonly perSecond: number };
  /** Left out: it cannot be deployed to clusters of type kubernetes. */
  readonly kubernetes?: KubernetesAppPlan;
}

/** `{{environment}}`, `{{release}}` and `{{namespace}}` in paths and values are filled in when the manifests are rendered. */
export interface KubernetesAppPlan {
  /** Inside the artifact. */
  readonly manifests:
    | { readonly kind: 'folder'; readonly path: string }
    | { readonly kind: 'kustomize'; readonly path: string }
    | { readonly kind: 'helm'; readonly chart: string; readonly values: readonly string[] };
  /** The repository: the digest of the release is added. */
  readonly image: string;
  readonly workload: string;
  /** Null: the only one, else the one with the app's name. */
  readonly container: string | null;
  readonly service: string;
}

/** Where the app's Prometheus metrics are, and which of them tell requests, errors and latency. */
export interface AppMetrics {
  readonly path: string;
  /** Counter of requests with a status label. */
  readonly requests: string;
  readonly statusLabel: string;
  /** Histogram of durations in seconds. */
  readonly duration: string;
}

export interface Directory {
  /** Roles by user name. */
  readonly users: Readonly<Record<string, readonly string[]>>;
}

export interface SigningPlan {
  /** False: what lets a release go on must be signed. True: it may be. */
  readonly unsignedApprovals: boolean;
  readonly keys: readonly SigningKeyPlan[];
}

export interface SigningKeyPlan {
  readonly id: string;
  /** Ed25519, 32 bytes, base64. */
  readonly publicKey: string;
  /** Whose messages the holder may sign; null: anybody's, as the console's key does. */
  readonly people: readonly string[] | null;
}

export interface ChannelPlan {
  readonly name: string;
  readonly type:
    | 'console'
    | 'webhook'
    | 'email'
    | 'slack'
    | 'pagerduty'
    | 'alertmanager'
    | 'grafana'
    | 'datadog'
    | 'new_relic';
  /** Webhook, Alertmanager, those of graphs: URL. E-mail: `smtp://host:port`. Null: the console, or the vendor's public address. */
  readonly url: string | null;
  readonly to: readonly string[];
  readonly from: string | null;
  /** `secret://provider/name` for credentials; never a value. */
  readonly secret: string | null;
  /** Of type `new_relic` only: the search that finds the entity whose graphs are marked. */
  readonly entity?: string;
}

export interface StagePlan {
  readonly name: string;
  readonly kind: 'build' | 'command' | 'deploy' | 'gate';
  /** Names of stages. */
  readonly requires: readonly string[];
  /** Asked, in order, when the required stages are done and before the stage starts. */
  readonly gates: readonly ApprovalGatePlan[];
  /** Set when the stage's `when` is false for this release's inputs: it is skipped, its dependants run. */
  readonly skip: string | null;
  /** The whole stage, its gates excepted. */
  readonly timeoutSeconds: number;
  /** Further tries of a failed command; 0: none. Outside effects of a deployment are never repeated by this. */
  readonly retries: number;
  readonly allowFailure: boolean;
  /** Set when `kind` is `build`. */
  readonly build: { readonly provider: string; readonly action: string; readonly isolation: IsolationPlan } | null;
  /** `run` first, then the tests, in the document's order. */
  readonly commands: readonly CommandPlan[];
  /** Set when `kind` is `deploy`. */
  readonly deployment: DeploymentPlan | null;
}

export interface CommandPlan {
  /** The test's name, or `run`, or `run 2`. */
  readonly name: string;
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
  /** Relative to the app's source. */
  readonly workingDirectory: string;
  /** A container image to run in, when the runner has an engine. */
  readonly image: string | null;
  readonly isolation: IsolationPlan;
  readonly timeoutSeconds: number;
}

export interface IsolationPlan {
  readonly name: string;
  /** False: the command gets the worker's environment; true: only PATH, HOME, LANG and what the stage declares. */
  readonly cleanEnvironment: boolean;
  /** True: runs on a private copy of the source. */
  readonly ownDirectory: boolean;
  readonly memoryMiB: number;
  readonly outputMiB: number;
}

export interface ApprovalGatePlan {
  readonly name: string;
  /** Any of these people, or anyone with any of the roles; both empty: anyone but the author. */
  readonly approvers: readonly string[];
  readonly roles: readonly string[];
  readonly quorum: number;
  readonly expiresInSeconds: number;
  /** Null: no reminders. */
  readonly remindEverySeconds: number | null;
  /** Told when half the time is over and nobody decided; they may decide too. */
  readonly escalateTo: readonly string[];
  readonly allowAuthor: boolean;
}

export interface DeploymentPlan {
  readonly environment: string;
  /** Set in the plan of one region (`planOfRegion`), not in that of an environment. */
  readonly region?: string;
  readonly cluster: ClusterPlan;
  readonly strategy: StrategyName;
  readonly replicas: number;
  readonly env: Readonly<Record<string, string>>;
  readonly steps: readonly DeploymentStep[];
  readonly metricSource: MetricSourcePlan;
  /** What a newer release does while this one holds the environment. */
  readonly concurrency: 'queue' | 'supersede' | 'parallel';
  readonly freezes: readonly FreezeWindow[];
  /** A step without progress for this long fails: the target is dead or the app never becomes healthy. */
  readonly progressDeadlineSeconds: number;
  /** After the release is live: watched on for late regressions; null when there is nothing to watch. */
  readonly guardian: AnalysisPlan | null;
  /** Set where the environment has regions: the order they are deployed to, each region once. `cluster` is the first one's. */
  readonly waves?: readonly WavePlan[];
  /** Set with `waves`. */
  readonly unreachable?: UnreachablePlan;
}

/** Regions that are deployed to side by side, when all waves before are done. */
export interface WavePlan {
  readonly regions: readonly RegionPlan[];
  readonly maxParallel: number;
  /** An analysis or a pause before the next wave; null: none. */
  readonly soak: SoakStep | null;
}

export type SoakStep = Extract<DeploymentStep, { readonly kind: 'analyze' | 'pause' }>;

/** What a region has of its own; what is left out is as the environment has it. */
export interface RegionPlan extends Partial<Pick<DeploymentPlan, 'replicas' | 'steps' | 'metricSource'>> {
  readonly region: string;
  readonly cluster: ClusterPlan;
}

/** What becomes of a region whose cluster does not answer when its turn comes. */
export interface UnreachablePlan {
  /** `skip`: it keeps its old release. `wait` and `fail`: after this time the deployment goes back. */
  readonly policy: 'skip' | 'wait' | 'fail';
  readonly afterSeconds: number;
}

export type StrategyName = 'rolling' | 'blue_green' | 'canary' | 'recreate';

export interface ClusterPlan {
  readonly name: string;
  readonly type: 'local' | 'kubernetes';
  /** The adapter's own settings, as the platform document has them. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A strategy is data: one executor runs these for all. */
export type DeploymentStep =
  /** Starts or scales the candidate to `replicas` and waits until all are ready. `rolling` replaces the stable ones one by one, traffic included. */
  | { readonly kind: 'prepare'; readonly replicas: number; readonly rolling: boolean }
  /** Gives the candidate this share of the traffic (0..100) and reads it back. */
  | { readonly kind: 'weight'; readonly weight: number }
  /** Null: until somebody resumes. */
  | { readonly kind: 'pause'; readonly durationSeconds: number | null }
  | { readonly kind: 'analyze'; readonly analysis: AnalysisPlan }
  | { readonly kind: 'approve'; readonly gate: ApprovalGatePlan }
  /** The candidate becomes the stable release. */
  | { readonly kind: 'promote' }
  /** Stops the old release after a time in which it can take the traffic back at once. */
  | { readonly kind: 'retire'; readonly afterSeconds: number };

export interface AnalysisPlan {
  readonly name: string;
  readonly durationSeconds: number;
  /** Between two samples. */
  readonly intervalSeconds: number;
  /** The window of conditions that name none. */
  readonly windowSeconds: number;
  /** All must hold over the duration. */
  readonly criteria: readonly Condition[];
  /** Any one that is true fails the analysis at once. */
  readonly triggers: readonly Trigger[];
  /** Told, and the analysis goes on. */
  readonly alerts: readonly Condition[];
  readonly judge: JudgePlan | null;
  /** `observe`: the verdict is recorded and has no effect; `pause`: a failure asks a person. */
  readonly mode: 'enforce' | 'pause' | 'observe';
  /** Where `insufficient_data`, `inconclusive` and `error` go after `maxExtensions` further windows. */
  readonly onInconclusive: 'ask' | 'fail' | 'pass';
  readonly maxExtensions: number;
  /** How long `ask` waits for a person before it counts as failed. */
  readonly askExpiresInSeconds: number;
  /** Fewer requests than this in a condition's window: unknown. */
  readonly minRequests: number;
}

export type Trigger =
  | { readonly kind: 'condition'; readonly condition: Condition }
  /** A bare name: found by the anomaly detector (`*_anomaly_detected`), or told from outside by an event. */
  | { readonly kind: 'event'; readonly name: string };

/** Compares the candidate with the release before it. */
export interface JudgePlan {
  /** Least score, 0..1; below it the analysis fails. */
  readonly threshold: number;
  /** Points a side; fewer is `insufficient_data`. */
  readonly minPoints: number;
  readonly metrics: readonly JudgeMetricPlan[];
}

export interface JudgeMetricPlan {
  readonly metric: string;
  readonly direction: 'increase' | 'decrease' | 'either';
  readonly group: string;
  readonly weight: number;
  readonly critical: boolean;
  /** Relative change under which a difference does not count, 0.25 = 25 %. */
  readonly minRelativeEffect: number;
  /** Absolute change (in the metric's base unit: ratio, seconds) under which a difference does not count. */
  readonly minAbsoluteEffect: number;
}

/** What is measured: one release of an app in one environment, in one source. */
export interface MetricTarget {
  readonly source: MetricSourcePlan;
  readonly cluster: ClusterPlan;
  readonly namespace: string;
  readonly environment: string;
  /** Where the environment has regions. */
  readonly region?: string;
  readonly app: string;
  readonly release: string;
  readonly appMetrics: AppMetrics | null;
}

export interface MetricSourcePlan {
  readonly name: string;
  readonly type: 'builtin' | 'prometheus' | 'datadog' | 'new_relic';
  /** Null: the vendor's own address. */
  readonly url: string | null;
  readonly secret: string | null;
  /** Query templates by metric name that replace the source's own. */
  readonly queries: Readonly<Record<string, string>>;
  /** Of type `datadog` only. */
  readonly datadog?: DatadogPlan;
  /** Of type `new_relic` only. */
  readonly newRelic?: NewRelicPlan;
}

export interface DatadogPlan {
  readonly site: string;
  /** Reference of the application key; `secret` is the API key. */
  readonly applicationSecret: string;
  /** Name of the service's entry span: its trace metrics are `trace.<operation>.*`. */
  readonly operation: string;
}

export interface NewRelicPlan {
  readonly account: number;
  readonly region: 'us' | 'eu';
}
