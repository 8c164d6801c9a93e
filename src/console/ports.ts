import type { AuditLog } from '../activities/audit';
import type { PlatformDesk } from '../activities/kpis';
import type { WatchView } from '../activities/observe';
import type { ProductionClient, SignMessage } from '../client';
import type { AlertDesk } from '../contracts/alerts';
import type { KpiReader } from '../contracts/kpis';
import type { Caller } from './access/caller';
import type { LookStore } from './look-store';

// What the API shows, as it needs it: whoever composes a process hands these in.

/** The audit log, as far as it is read here. */
export type AuditReader = Pick<AuditLog, 'verify' | 'list' | 'export'>;

/** What one command of a run printed. */
export interface CommandLog {
  readonly stage: string;
  /** ISO-8601. */
  readonly at: string;
  readonly title: string;
  readonly text: string;
}

export interface LogReader {
  ofRun(workflowId: string, stage?: string): Promise<readonly CommandLog[]>;
}

/** The analyses that these workflows wait for. */
export type WatchReader = (workflowIds: readonly string[]) => Promise<readonly WatchView[]>;

/** What is used of the client. */
export type ConsoleClient = Pick<
  ProductionClient,
  | 'list'
  | 'status'
  | 'plan'
  | 'timeline'
  | 'decide'
  | 'pause'
  | 'resume'
  | 'abort'
  | 'skip'
  | 'rollback'
  | 'tell'
  | 'environment'
  | 'environments'
  | 'freeze'
  | 'unfreeze'
  | 'drift'
  | 'urlOf'
>;

export interface ConsoleParts {
  readonly client: ConsoleClient;
  readonly audit: AuditReader & Pick<AuditLog, 'append'>;
  readonly logs: LogReader;
  readonly watches: WatchReader;
  /** Counters of the observer of this process; null: it has none. */
  readonly observerStats: () => unknown;
  /** The last look at each environment's drift. */
  readonly looks: LookStore;
  /** Null: this system raises no alerts. */
  readonly alerts: AlertDesk | null;
  /** Null: this system computes no figures. */
  readonly kpis: KpiReader | null;
  /** Null: this system keeps no platforms. */
  readonly platforms: PlatformDesk | null;
  /** Signs what somebody decides, as the person they are here, so that the workflow can verify it. Null: there is no key. */
  readonly signerOf: ((caller: Caller) => SignMessage) | null;
  /** Null when the process can do its work; else what is missing. */
  readonly notReady: () => Promise<string | null>;
  readonly temporalUiUrl: string | null;
}
