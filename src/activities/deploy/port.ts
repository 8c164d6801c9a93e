import type {
  DescribeInput,
  DetectDriftInput,
  MetricEndpoint,
  PrepareInput,
  PreviewReleaseInput,
  ReleaseRef,
  RetireInput,
  ShiftInput,
  TrafficState,
} from '../../contracts/activities';
import type { DriftReport, ReleasePreview } from '../../contracts/cluster-changes';
import type { MetricTarget } from '../../definition/release-plan';

/** What a target may use of the activity that calls it. */
export interface DeployContext {
  /** Aborted when the activity is cancelled or its worker stops; the target then stops waiting and throws its reason. */
  readonly signal: AbortSignal;
  /** Tells that the work goes on, and in a few words how far it is. Cheap: may be called many times a second. */
  progress(detail: string): void;
}

/**
 * Where releases run: one implementation a type of cluster. Each method is idempotent: called again with the same input
 * it finds its effect done. Each answers with what is so afterwards, read from the cluster.
 *
 * Errors, as `failure(code, ...)`: `InvalidInput` (settings or input can never work), `NotFound` (an unknown release is to
 * get traffic), `Conflict` (the release runs already with another content; a fixed port is taken), `CommandFailed` (the
 * release never became ready; the message has the reason and its last log lines), `Unavailable` (the cluster does not answer).
 */
export interface DeployTarget {
  /**
   * Starts or scales `release` to `replicas` and waits until all are ready. Without `rolling` it gets no traffic. With
   * `rolling` it replaces the serving replicas one at a time, and its share of the traffic grows with them.
   */
  prepare(input: PrepareInput, context: DeployContext): Promise<TrafficState>;
  /**
   * Gives `release` its share and the rest to `otherRelease`. A release that is to get traffic and was stopped is started
   * first, and gets none before it is ready. Where there is no other release, any share over 0 is all of the traffic.
   */
  shift(input: ShiftInput, context: DeployContext): Promise<TrafficState>;
  /** Makes `release` the stable one, with all of the traffic. */
  promote(input: ReleaseRef, context: DeployContext): Promise<TrafficState>;
  /**
   * Takes `release` out of the traffic, lets its running requests finish and stops it. What never ran is retired already.
   * Where it is `withdrawn`, what others had deployed there before us is started again first, and gets the traffic.
   */
  retire(input: RetireInput, context: DeployContext): Promise<TrafficState>;
  /** What serves; an environment that never had a release serves nothing. */
  describe(input: DescribeInput): Promise<TrafficState>;
  /** Scrape addresses of the running replicas of a release; none when it does not run or serves no metrics. */
  endpoints(target: MetricTarget): Promise<readonly MetricEndpoint[]>;
  /** What a release would change, and what would be refused, without changing anything; left out: it cannot tell. */
  preview?(input: PreviewReleaseInput, context: DeployContext): Promise<ReleasePreview>;
  /** What somebody has changed beside us since the release was deployed; left out: nobody can. */
  drift?(input: DetectDriftInput, context: DeployContext): Promise<DriftReport>;
  /** Ends what it holds open, such as watches; left out: it holds nothing. */
  close?(): Promise<void>;
}

/** The targets of a process, found by the type of a cluster. */
export interface DeployTargets {
  /** Throws `InvalidInput` for a type of cluster that nothing here can deploy to. */
  of(cluster: {
    readonly name: string;
    readonly type: string;
    readonly settings?: Readonly<Record<string, unknown>>;
  }): DeployTarget;
  /** What the built-in analytics scrapes: `endpoints` of the target that the cluster of `target` has. */
  readonly endpointsOf: (target: MetricTarget) => Promise<readonly MetricEndpoint[]>;
  /** Ends what its targets hold open. */
  close(): Promise<void>;
}
