import type { AuditEntry } from '../../contracts/audit';

/** One row of the log, hashes included: what is listed and exported. */
export interface AuditRow {
  /** 1, 2, 3, ... without gaps. */
  readonly sequence: number;
  /** Hex SHA-256; that of row 1 is 64 zeros. */
  readonly previousHash: string;
  /** Hex SHA-256 of previous hash, canonical JSON (RFC 8785) of the entry, and sequence, one after the other. */
  readonly hash: string;
  readonly entry: AuditEntry;
}

/** How long the log is, and how it ends: the last line of an export. */
export interface AuditHead {
  readonly head: { readonly count: number; readonly lastHash: string };
}

export type AuditLine = AuditRow | AuditHead;

export interface AuditProblem {
  /** The first bad row. */
  readonly sequence: number;
  readonly kind: 'changed' | 'removed' | 'reordered' | 'truncated' | 'added';
  /** A full sentence that names the row. */
  readonly message: string;
}

export interface AuditVerification {
  readonly valid: boolean;
  /** Rows that were looked at and hold. */
  readonly rows: number;
  /** Where the chain ends; keep it elsewhere, and a log that was made anew as a whole is found too. */
  readonly lastHash: string;
  readonly problem: AuditProblem | null;
}

export interface AuditFilter {
  readonly workflowId?: string;
  readonly namespace?: string;
  /** Name of who acted. */
  readonly actor?: string;
  /** Beginning of the action: `approval.` is all about approvals. */
  readonly action?: string;
  /** Rows before this sequence number: the next page of an earlier answer. */
  readonly before?: number;
  /** @default 100 */
  readonly limit?: number;
}

/** The hash-chained log of who did what. Nothing in it is ever changed or removed by us. */
export interface AuditLog {
  /**
   * Adds entries at the end, in their order, all or none. An entry whose key is there already is not added again.
   * Thrown: `InvalidInput` for an entry that is not plain JSON, `Unavailable` when the database cannot take it now.
   */
  append(entries: readonly AuditEntry[]): Promise<void>;
  /** Looks at every row. */
  verify(): Promise<AuditVerification>;
  /** Every row, then the head: as JSON Lines it is what `verifyExport` checks without a database. */
  export(): AsyncIterable<AuditLine>;
  /** Newest first. */
  list(filter?: AuditFilter): Promise<readonly AuditRow[]>;
}
