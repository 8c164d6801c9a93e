import type { AlertingConfig } from '../../contracts/alerting';
import type { Identity } from '../../contracts/identity';
import type { KpiPlan } from '../../definition';

/** Keeps the facts and daily aggregates up with the audit log. */
export interface KpiProjector {
  /** Something was appended: reads on soon, in the background. Never throws. */
  wake(): void;
  /** Reads to the end of the log. Throws `Unavailable` when the database does not answer: nothing is half done then. */
  catchUp(): Promise<void>;
  /** Ends after the batch at work. */
  stop(): Promise<void>;
}

export interface AppliedPlatform {
  readonly namespace: string;
  readonly name: string;
  /** ISO-8601. */
  readonly appliedAt: string;
  readonly appliedBy: string;
}

/** A document as somebody wrote it. */
export interface PlatformText {
  /** Where it comes from, for messages. */
  readonly file: string;
  readonly text: string;
}

/** The platforms whose objectives and figures the system watches; one a namespace. */
export interface PlatformDesk {
  /**
   * Takes the place of the platform that the namespace had; audited.
   * Throws `InvalidInput` for a text with faults, and for one that holds no platform or several.
   */
  apply(source: PlatformText, by: Identity): Promise<AppliedPlatform>;
  list(): Promise<readonly AppliedPlatform[]>;
}

export interface PlatformStore extends PlatformDesk {
  /** What they say about figures. */
  plans(): Promise<readonly KpiPlan[]>;
  /** Channels and routes, by the namespace of the platforms that have alerting. */
  alerting(): Promise<ReadonlyMap<string, AlertingConfig>>;
}
