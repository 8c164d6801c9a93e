export { type AuditActivitiesOptions, createAuditActivities } from './audit-activities';
export { createAuditLog } from './audit-log';
export type {
  AuditFilter,
  AuditHead,
  AuditLine,
  AuditLog,
  AuditProblem,
  AuditRow,
  AuditVerification,
} from './port';
export { verifyExport } from './verify-export';
export { type PublicKey, type SignatureVerification, verifySignatures } from './verify-signatures';
