import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { Phase } from '../contracts/phases';
import { searchAttribute } from '../contracts/search-attributes';
import { WorkflowType } from '../contracts/workflows';
import type { ListFilter, RunSummary } from './types';

/** A string literal of Temporal's visibility queries. */
export function quoted(text: string): string {
  return `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;
}

/** The visibility query for a filter: pipelines only. */
export function visibilityQuery(filter: ListFilter): string {
  const conditions = [`WorkflowType = ${quoted(WorkflowType.pipeline)}`];
  const keywords = [
    [searchAttribute.namespace.name, filter.namespace],
    [searchAttribute.workflow.name, filter.name],
    [searchAttribute.release.name, filter.release],
    [searchAttribute.phase.name, filter.phase],
  ] as const;
  for (const [attribute, value] of keywords)
    if (value !== undefined) conditions.push(`${attribute} = ${quoted(value)}`);
  if (filter.awaitingApproval !== undefined) {
    conditions.push(`${searchAttribute.awaitingApproval.name} = ${filter.awaitingApproval}`);
  }
  return conditions.join(' AND ');
}

export async function listRuns(
  client: Client,
  filter: ListFilter,
  urlOf: (workflowId: string, runId: string) => string | null,
): Promise<readonly RunSummary[]> {
  const limit = filter.limit ?? 50;
  const runs: RunSummary[] = [];
  for await (const run of client.workflow.list({ query: visibilityQuery(filter), pageSize: Math.min(limit, 1000) })) {
    // A run that continued as new shows as its newest execution only.
    if (run.status.name === 'CONTINUED_AS_NEW') continue;
    runs.push(summaryOf(run, urlOf));
    if (runs.length >= limit) break;
  }
  return runs;
}

/** The keepers of environments, those of one namespace or all: their workflow ids. */
export async function listEnvironments(
  client: Client,
  namespace: string | undefined,
  limit: number,
): Promise<string[]> {
  const conditions = [`WorkflowType = ${quoted(WorkflowType.environment)}`, "ExecutionStatus = 'Running'"];
  if (namespace !== undefined) conditions.push(`WorkflowId STARTS_WITH ${quoted(`environment/${namespace}/`)}`);
  const ids: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query: conditions.join(' AND '), pageSize: limit })) {
    ids.push(workflowId);
    if (ids.length >= limit) break;
  }
  return ids.sort();
}

function summaryOf(
  run: WorkflowExecutionInfo,
  urlOf: (workflowId: string, runId: string) => string | null,
): RunSummary {
  const [, namespace = '', name = '', release = ''] = run.workflowId.split('/');
  const attributes = run.typedSearchAttributes;
  const phase = attributes.get(searchAttribute.phase);
  return {
    workflowId: run.workflowId,
    runId: run.runId,
    namespace: attributes.get(searchAttribute.namespace) ?? namespace,
    name: attributes.get(searchAttribute.workflow) ?? name,
    release: attributes.get(searchAttribute.release) ?? release,
    phase: isPhase(phase) ? phase : null,
    awaitingApproval: attributes.get(searchAttribute.awaitingApproval) ?? false,
    startedAt: run.startTime.toISOString(),
    endedAt: run.closeTime?.toISOString() ?? null,
    url: urlOf(run.workflowId, run.runId),
  };
}

const phases: ReadonlySet<string> = new Set(Object.values(Phase));

function isPhase(text: string | undefined): text is Phase {
  return text !== undefined && phases.has(text);
}
