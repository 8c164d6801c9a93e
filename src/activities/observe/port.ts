import type { AsyncCompletionClient } from '@temporalio/client';
import type { Logger } from 'pino';
import type { WatchState } from '../../analytics';
import type { ObserveActivities } from '../../contracts/activities';
import type { AnalyzeInput, AnalyzeResult, VerdictReason } from '../../contracts/analysis';
import type { Database } from '../../database';
import type { Clock, MetricSources } from '../metrics';
import type { ReadingSeries } from './reading-history';
import type { Watch } from './watch';

/** What is used of Temporal's client: an activity is completed from outside by its task token. */
export type Completion = Pick<AsyncCompletionClient, 'complete' | 'fail' | 'heartbeat' | 'reportCancellation'>;

/** What one sample has changed of a watch's `alerts`. */
export interface AlertChange {
  readonly raised: readonly VerdictReason[];
  readonly resolved: readonly VerdictReason[];
  /** ISO-8601. */
  readonly at: string;
}

export type ObserverLogger = Pick<Logger, 'info' | 'warn' | 'error'>;

export interface ObserverOptions {
  readonly database: Database;
  readonly metrics: MetricSources;
  readonly completion: Completion;
  /** Tells the workflow that watches that an `alerts` condition has become true. */
  readonly signalAlert: (workflowId: string, reason: VerdictReason) => Promise<void>;
  /** Told of each result that Temporal has taken. @default nobody is */
  readonly onResult?: (result: AnalyzeResult) => void;
  /**
   * Tells the keeper of alerts, where the platform of a watch has one. Must not throw.
   * @default nobody is told
   */
  readonly raiseAlerts?: (watch: Pick<Watch, 'input' | 'workflowId'>, change: AlertChange) => void;
  readonly logger: ObserverLogger;
  /** Names this observer in the database. @default a random id */
  readonly id?: string;
  /** @default the system's */
  readonly clock?: Clock;
}

/** Figures of an observer since it was made. */
export interface ObserverStats {
  /** Under way. */
  readonly watches: number;
  /** Distinct combinations of target, baseline and interval: each is one question to its source an interval. */
  readonly groups: number;
  /** Samples taken in by watches. */
  readonly samples: number;
  readonly alerts: number;
  readonly results: number;
  readonly heartbeats: number;
  readonly failedHeartbeats: number;
  /** Taken up from observers that were gone. */
  readonly takenUp: number;
  /** Dropped: cancelled, or the workflow is gone. */
  readonly dropped: number;
  /** How late the last sample began, and the latest of all. */
  readonly lagMs: number;
  readonly maxLagMs: number;
}

/**
 * Carries the analyses of a process: none holds a worker's slot. Several may share a PostgreSQL database; what one leaves
 * behind when it dies, another takes up within ten seconds, so within the 30 s heartbeat timeout of the workflows.
 */
export interface Observer {
  /** `analyze`, for the workers of the task queue `f0-observe`. */
  readonly activities: ObserveActivities;
  /** Takes up what observers that are gone have left, and begins to sample. */
  start(): Promise<void>;
  /** Ends sampling, saves where each watch stands and leaves the watches to others. */
  stop(): Promise<void>;
  stats(): ObserverStats;
  /** What these workflows wait for, as it stands now: for people to look at. */
  watchesOf(workflowIds: readonly string[]): readonly WatchView[];
}

/** One analysis under way. */
export interface WatchView {
  readonly key: string;
  readonly workflowId: string;
  readonly input: AnalyzeInput;
  readonly state: WatchState;
  /** By metric, of those that `state` has no points of. */
  readonly readings: Readonly<Record<string, ReadingSeries>>;
}
