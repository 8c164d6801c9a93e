export { answering } from './explain';
export { genesisHash } from './migrations';
export { type Database, type DatabaseOptions, openDatabase } from './open-database';
export type { AuditEntriesTable, ConsoleTokensTable, Schema, WatchesTable } from './schema';
export type { KpiApprovalsTable, KpiDeploymentsTable, KpiFailuresTable, KpiRunsTable } from './schema-kpis';
