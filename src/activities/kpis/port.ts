import type { KpiPlan } from '../../definition';
import type { ProductionPlatform } from '../../definition/schema/production-platform';

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

/** The platforms whose objectives and figures the system watches; one a namespace. */
export interface PlatformStore {
  /** Takes the place of the platform that the namespace had. */
  apply(platform: ProductionPlatform, by: string): Promise<AppliedPlatform>;
  list(): Promise<readonly AppliedPlatform[]>;
  /** What they say about figures. */
  plans(): Promise<readonly KpiPlan[]>;
}
