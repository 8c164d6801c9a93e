/** What delivery is measured by. Times are milliseconds since 1970, of the audit entries. */
export interface KpiTables {
  readonly platforms: PlatformsTable;
  readonly kpi_cursor: KpiCursorTable;
  readonly kpi_runs: KpiRunsTable;
  readonly kpi_deployments: KpiDeploymentsTable;
  readonly kpi_failures: KpiFailuresTable;
  readonly kpi_approvals: KpiApprovalsTable;
  readonly kpi_days: KpiDaysTable;
}

/** The platform document of each namespace, as it was applied. */
export interface PlatformsTable {
  namespace: string;
  name: string;
  /** The document as JSON; read again by the language's own rules. */
  document: string;
  applied_at: number;
  applied_by: string;
}

/** One row: how much of the audit log is in the tables below. */
export interface KpiCursorTable {
  id: number;
  /** Of the last row that was read, with its hash: a log that was restored from elsewhere has another one there. */
  sequence: number;
  hash: string;
  /** Of the rules by which entries become facts: with other rules all is computed anew. */
  version: number;
}

interface OwnerColumns {
  namespace: string;
  workflow: string;
  release: string;
}

export interface KpiRunsTable extends OwnerColumns {
  run_key: string;
  started_at: number | null;
  committed_at: number | null;
  finished_at: number | null;
}

export interface KpiDeploymentsTable extends OwnerColumns {
  run_key: string;
  app: string;
  environment: string;
  ended_at: number;
  went_live: boolean;
}

/** With the way back, where there was one. */
export interface KpiFailuresTable extends OwnerColumns {
  run_key: string;
  app: string;
  environment: string;
  breached_at: number | null;
  decided_at: number;
  traffic_back_at: number | null;
}

export interface KpiApprovalsTable extends OwnerColumns {
  key: string;
  run_key: string;
  stage: string;
  gate: string;
  requested_at: number;
  ended_at: number | null;
  outcome: 'approved' | 'rejected' | 'expired' | 'withdrawn' | null;
}

/** Aggregates of one day in UTC. */
export interface KpiDaysTable {
  namespace: string;
  workflow: string;
  /** Empty for what belongs to no environment. */
  environment: string;
  /** Days since 1970. */
  day: number;
  /** `Tally` as JSON. */
  tally: string;
}
