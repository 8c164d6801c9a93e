import type { KpiTables } from './schema-kpis';

/** The tables, as Kysely sees them. Times are milliseconds since 1970 of the database's clock, JSON is text. */
export interface Schema extends KpiTables {
  readonly audit_entries: AuditEntriesTable;
  readonly audit_head: AuditHeadTable;
  readonly watches: WatchesTable;
  readonly observers: ObserversTable;
  readonly alerts: AlertsTable;
  readonly alert_silences: AlertSilencesTable;
  readonly console_sessions: ConsoleSessionsTable;
  readonly console_tokens: ConsoleTokensTable;
  readonly console_sign_ins: ConsoleSignInsTable;
  readonly console_looks: ConsoleLooksTable;
  readonly console_hooks: ConsoleHooksTable;
}

/** The hash-chained log. `key`, `workflow_id` and `namespace` repeat what is in `entry`, to be found by. */
export interface AuditEntriesTable {
  /** 1, 2, 3, ... without gaps. */
  sequence: number;
  key: string;
  workflow_id: string;
  namespace: string;
  /** Canonical JSON: the very bytes that were hashed. */
  entry: string;
  /** Hex. */
  previous_hash: string;
  hash: string;
}

/** One row: how long the log is and how it ends, so that rows cut off at the end are missed. */
export interface AuditHeadTable {
  id: number;
  count: number;
  last_hash: string;
}

/** Analyses that observers carry. */
export interface WatchesTable {
  /** The idempotency key of the analysis. */
  key: string;
  /** Base64; completes the activity from outside. A further attempt of the activity brings another one. */
  task_token: string;
  workflow_id: string;
  /** `AnalyzeInput`. */
  input: string;
  heartbeat_timeout_ms: number;
  /** Id of an observer. */
  owner: string;
  /** `WatchState` as last saved; null: it has just begun. */
  state: string | null;
}

/** Observers that live; one that was not seen for long has died, and others take up its watches. */
export interface ObserversTable {
  id: string;
  seen_at: number;
}

/** Every time an alert began; the others repeat what is in `alert`, to be found by. */
export interface AlertsTable {
  namespace: string;
  fingerprint: string;
  started_at: number;
  state: string;
  /** `Alert`. */
  alert: string;
}

/** Those that hold. */
export interface AlertSilencesTable {
  id: string;
  namespace: string;
  /** `Silence`. */
  silence: string;
}

/** Who is signed in to the console. The id is in the person's cookie alone. */
export interface ConsoleSessionsTable {
  /** Hex SHA-256. */
  id_hash: string;
  name: string;
  display_name: string;
  /** Of the console. */
  role: string;
  /** `oidc`, `local` or `owner`. */
  source: string;
  seen_at: number;
  expires_at: number;
}

/** Tokens of services; the secret was shown once. */
export interface ConsoleTokensTable {
  id: string;
  /** Hex SHA-256. */
  secret_hash: string;
  name: string;
  role: string;
  created_by: string;
  created_at: number;
  expires_at: number | null;
  last_used_at: number | null;
}

/** People who are at their identity provider just now. */
export interface ConsoleSignInsTable {
  /** Hex SHA-256. */
  state_hash: string;
  nonce: string;
  verifier: string;
  expires_at: number;
}

/** The last look at an environment's drift. */
export interface ConsoleLooksTable {
  /** `namespace/environment`. */
  environment: string;
  at: number;
  /** `DriftResult`. */
  result: string;
}

/** Webhooks that were taken, so that none is taken twice. */
export interface ConsoleHooksTable {
  id: string;
  seen_at: number;
}
