import type { AuditActivities } from '../../contracts/activities';
import type { AuditLog } from './port';

export interface AuditActivitiesOptions {
  readonly auditLog: AuditLog;
}

export function createAuditActivities({ auditLog }: AuditActivitiesOptions): AuditActivities {
  return { recordAudit: ({ entries }) => auditLog.append(entries) };
}
