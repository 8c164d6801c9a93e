import type { RunStatus } from '../../client';
import type { ReleasePlan, StagePlan } from '../../definition/release-plan';
import type { RunDetail, StageOutline } from '../api';
import type { ConsoleClient } from '../ports';

export async function runDetail(client: ConsoleClient, plans: PlanReader, id: string): Promise<RunDetail> {
  const status = await client.status(id);
  const plan = await plans(status);
  return { status, stages: plan.stages.map(outlineOf), url: client.urlOf(status.workflowId, status.runId) };
}

export function outlineOf({ name, kind, requires, gates, deployment }: StagePlan): StageOutline {
  return {
    name,
    kind,
    requires,
    gates: gates.map((gate) => gate.name),
    environment: deployment?.environment ?? null,
    strategy: deployment?.strategy ?? null,
  };
}

export type PlanReader = (run: Pick<RunStatus, 'workflowId' | 'planHash'>) => Promise<ReleasePlan>;

/** A plan is some 10 KiB. */
const mostPlans = 200;

/** Plans never change, and every look at a run needs one: those looked at last are kept. */
export function planReader(client: Pick<ConsoleClient, 'plan'>): PlanReader {
  const known = new Map<string, ReleasePlan>();
  return async ({ workflowId, planHash }) => {
    const key = `${workflowId} ${planHash}`;
    const plan = known.get(key) ?? (await client.plan(workflowId));
    known.delete(key);
    known.set(key, plan);
    const [oldest] = known.keys();
    if (known.size > mostPlans && oldest !== undefined) known.delete(oldest);
    return plan;
  };
}
