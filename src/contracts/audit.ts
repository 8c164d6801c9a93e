import type { Identity } from './identity';

/** One fact of the audit trail. The database adds sequence number and hashes. */
export interface AuditEntry {
  /** Idempotency key: the same key recorded twice is one row. */
  readonly key: string;
  /** ISO-8601, of the workflow's clock. */
  readonly at: string;
  readonly actor: Identity;
  /** Verb in the past: `release.started`, `approval.refused`, `rollback.decided`. */
  readonly action: string;
  readonly workflowId: string;
  readonly namespace: string;
  /** Name of the ProductionWorkflow whose run it is about. */
  readonly workflow?: string;
  readonly environment?: string;
  readonly release?: string;
  readonly reason?: string;
  /** Plain JSON, no secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
}
