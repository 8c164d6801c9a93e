import type { AuditLog } from '../activities/audit';
import type { PlatformDesk } from '../activities/kpis';
import type { SignMessage } from '../client';
import type { KpiReader } from '../contracts/kpis';

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

export interface ApiParts {
  readonly audit: AuditReader;
  readonly logs: LogReader;
  /** Null: this system computes no figures. */
  readonly kpis: KpiReader | null;
  readonly platforms: PlatformDesk | null;
  /** The analyses under way, and the observer's counters. */
  readonly watches: () => Promise<unknown>;
  /** Signs as the owner of the system. Left out: it has no key. */
  readonly sign?: SignMessage;
  /** Null when the process can do its work; else what is missing. */
  readonly notReady: () => Promise<string | null>;
}
