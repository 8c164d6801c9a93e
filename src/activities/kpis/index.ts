export { createKpiReader, type KpiReaderOptions, type SloReader } from './kpi-reader';
export { type ObjectiveWatchOptions, watchObjectives } from './objective-watch';
export { createPlatformStore, type PlatformStoreOptions } from './platform-store';
export type { AppliedPlatform, KpiProjector, PlatformDesk, PlatformStore, PlatformText } from './port';
export { createKpiProjector, type KpiProjectorOptions } from './projector';
export { wakingAuditLog } from './waking-audit-log';
