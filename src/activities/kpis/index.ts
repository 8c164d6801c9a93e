export { createKpiReader, type KpiReaderOptions, type SloReader } from './kpi-reader';
export { createPlatformStore, readPlatform } from './platform-store';
export type { AppliedPlatform, KpiProjector, PlatformStore } from './port';
export { createKpiProjector, type KpiProjectorOptions } from './projector';
export { wakingAuditLog } from './waking-audit-log';
