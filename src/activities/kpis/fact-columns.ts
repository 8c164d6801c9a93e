import type { ApprovalFact, DeploymentFact, FactOwner, FailureFact, RunFact } from '../../analytics/kpis';
import type { KpiApprovalsTable, KpiDeploymentsTable, KpiFailuresTable, KpiRunsTable } from '../../database';

// Facts as rows, and back.

export const runRow = ({ runKey, startedAt, committedAt, finishedAt, ...fact }: RunFact): KpiRunsTable => ({
  ...owner(fact),
  run_key: runKey,
  started_at: startedAt,
  committed_at: committedAt,
  finished_at: finishedAt,
});

export const runFact = (row: KpiRunsTable): RunFact => ({
  ...owner(row),
  runKey: row.run_key,
  startedAt: row.started_at,
  committedAt: row.committed_at,
  finishedAt: row.finished_at,
});

export const deploymentRow = (fact: DeploymentFact): KpiDeploymentsTable => ({
  ...owner(fact),
  run_key: fact.runKey,
  app: fact.app,
  environment: fact.environment,
  ended_at: fact.endedAt,
  went_live: fact.wentLive,
});

export const deploymentFact = (row: KpiDeploymentsTable): DeploymentFact => ({
  ...owner(row),
  runKey: row.run_key,
  app: row.app,
  environment: row.environment,
  endedAt: row.ended_at,
  wentLive: row.went_live,
});

export const failureRow = (fact: FailureFact): KpiFailuresTable => ({
  ...owner(fact),
  run_key: fact.runKey,
  app: fact.app,
  environment: fact.environment,
  breached_at: fact.breachedAt,
  decided_at: fact.decidedAt,
  traffic_back_at: fact.trafficBackAt,
});

export const failureFact = (row: KpiFailuresTable): FailureFact => ({
  ...owner(row),
  runKey: row.run_key,
  app: row.app,
  environment: row.environment,
  breachedAt: row.breached_at,
  decidedAt: row.decided_at,
  trafficBackAt: row.traffic_back_at,
});

export const approvalRow = (fact: ApprovalFact): KpiApprovalsTable => ({
  ...owner(fact),
  key: fact.key,
  run_key: fact.runKey,
  stage: fact.stage,
  gate: fact.gate,
  requested_at: fact.requestedAt,
  ended_at: fact.endedAt,
  outcome: fact.outcome,
});

export const approvalFact = (row: KpiApprovalsTable): ApprovalFact => ({
  ...owner(row),
  key: row.key,
  runKey: row.run_key,
  stage: row.stage,
  gate: row.gate,
  requestedAt: row.requested_at,
  endedAt: row.ended_at,
  outcome: row.outcome,
});

function owner({ namespace, workflow, release }: FactOwner): FactOwner {
  return { namespace, workflow, release };
}
