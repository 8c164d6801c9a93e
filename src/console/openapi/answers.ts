import type { AuditVerification } from '../../activities/audit';
import type { RollbackStarted, RunStatus } from '../../client';
import type { AlertBook, Silence } from '../../contracts/alerts';
import type { KpiReport } from '../../contracts/kpis';
import type { Freeze } from '../../contracts/status';
import type { DriftResult } from '../../contracts/workflows';
import type * as api from '../api';

/** Everything that a route answers with: scripts/generate-api-shapes.mjs makes the JSON Schemas of it, and of its parts. */
export interface Answers {
  readonly alerts: AlertBook;
  readonly apiError: api.ApiError;
  readonly apiTokens: api.ApiTokens;
  readonly approvals: api.ApprovalInbox;
  readonly audit: api.AuditPage;
  readonly auditVerification: AuditVerification;
  readonly drift: DriftResult;
  readonly estate: api.Estate;
  readonly event: api.LiveEvent;
  readonly freeze: Freeze;
  readonly kpis: KpiReport;
  readonly newApiToken: api.NewApiToken;
  readonly observerStats: api.ObserverStats;
  readonly plan: api.PlanPreview;
  readonly rollback: RollbackStarted;
  readonly runAnalyses: api.RunAnalyses;
  readonly runDetail: api.RunDetail;
  readonly runList: api.RunList;
  readonly runLogs: api.RunLogs;
  readonly runStatus: RunStatus;
  readonly runTimeline: api.RunTimeline;
  readonly session: api.Session;
  readonly signInLink: api.SignInLink;
  readonly silence: Silence;
}
