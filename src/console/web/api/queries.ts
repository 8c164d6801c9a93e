import { queryOptions, useQuery } from '@tanstack/react-query';
import type { AuditVerification } from '../../../activities/audit';
import type { AlertBook } from '../../../contracts/alerts';
import type { KpiReport } from '../../../contracts/kpis';
import type {
  ApiTokens,
  ApprovalInbox,
  AuditPage,
  Estate,
  RunAnalyses,
  RunDetail,
  RunList,
  RunTimeline,
  Session,
} from '../../api';
import type { CommandLog } from '../../ports';
import { apiPath, read, rememberCsrfToken, runPath } from './client';

/** The virtualised list shows them all at once. */
const runsShown = 1000;
/** Metrics come by the sample, and no event tells of a sample. */
const sampleMs = 5000;

export const keys = {
  session: ['session'],
  runs: ['runs'],
  run: (id: string) => ['run', id],
  approvals: ['approvals'],
  estate: ['estate'],
  alerts: ['alerts'],
  kpis: ['kpis'],
  audit: ['audit'],
  tokens: ['tokens'],
} as const;

export const sessionQuery = queryOptions({
  queryKey: keys.session,
  queryFn: async ({ signal }) => {
    const session = await read<Session>(apiPath('/session'), signal);
    rememberCsrfToken(session.csrfToken);
    return session;
  },
  staleTime: 60_000,
});
export const useSession = () => useQuery(sessionQuery);

export const useRuns = () =>
  useQuery({
    queryKey: keys.runs,
    queryFn: ({ signal }) => read<RunList>(apiPath('/runs', { limit: runsShown }), signal),
  });

export const useRun = (id: string) =>
  useQuery({ queryKey: keys.run(id), queryFn: ({ signal }) => read<RunDetail>(apiPath(runPath(id)), signal) });

export const useTimeline = (id: string) =>
  useQuery({
    queryKey: [...keys.run(id), 'timeline'],
    queryFn: ({ signal }) => read<RunTimeline>(apiPath(runPath(id, '/timeline')), signal),
  });

export const useAnalyses = (id: string, live: boolean) =>
  useQuery({
    queryKey: [...keys.run(id), 'analyses'],
    queryFn: ({ signal }) => read<RunAnalyses>(apiPath(runPath(id, '/analyses')), signal),
    // A release that has arrived may still be watched for late regressions.
    refetchInterval: ({ state }) => (live || (state.data?.analyses.length ?? 0) > 0 ? sampleMs : false),
  });

export const useLogs = (id: string) =>
  useQuery({
    queryKey: [...keys.run(id), 'logs'],
    queryFn: ({ signal }) => read<{ readonly logs: readonly CommandLog[] }>(apiPath(runPath(id, '/logs')), signal),
  });

export const useApprovals = () =>
  useQuery({ queryKey: keys.approvals, queryFn: ({ signal }) => read<ApprovalInbox>(apiPath('/approvals'), signal) });

export const useEstate = () =>
  useQuery({ queryKey: keys.estate, queryFn: ({ signal }) => read<Estate>(apiPath('/estate'), signal) });

export const useAlerts = () =>
  useQuery({ queryKey: keys.alerts, queryFn: ({ signal }) => read<AlertBook>(apiPath('/alerts'), signal) });

export const useKpis = (days: number) =>
  useQuery({
    queryKey: [...keys.kpis, days],
    queryFn: ({ signal }) => read<KpiReport>(apiPath('/kpis', { days }), signal),
    placeholderData: (before) => before,
  });

export const useTokens = () =>
  useQuery({ queryKey: keys.tokens, queryFn: ({ signal }) => read<ApiTokens>(apiPath('/tokens'), signal) });

export interface AuditQuery {
  readonly workflowId: string;
  readonly namespace: string;
  readonly actor: string;
  readonly action: string;
}

export const auditPage = (query: AuditQuery, before?: number) =>
  read<AuditPage>(apiPath('/audit', { ...query, before, limit: 100 }));
export const verifyAudit = () => read<AuditVerification>(apiPath('/audit/verify'));
