import type { AuditLog } from '../audit';
import type { KpiProjector } from './port';

/** The audit log, where every append is told to the projector: it needs no clock of its own. */
export function wakingAuditLog(log: AuditLog, projector: Pick<KpiProjector, 'wake'>): AuditLog {
  return {
    ...log,
    append: async (entries) => {
      await log.append(entries);
      projector.wake();
    },
  };
}
