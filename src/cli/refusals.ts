import type { ProductionClient } from '../client';
import { pipelineWorkflowId } from '../contracts/ids';
import type { EnvironmentStatus } from '../contracts/status';
import { freezeAt } from '../definition';
import type { ReleasePlan } from '../definition/release-plan';
import type { Refusal } from './view/plan';

/** What the plan itself says would hold the release at this moment: freeze windows. */
export function plannedRefusals(plan: ReleasePlan, nowIso: string): readonly Refusal[] {
  return plan.stages.flatMap((stage) => {
    if (!stage.deployment) return [];
    const freeze = freezeAt(stage.deployment.freezes, stage.deployment.environment, nowIso);
    if (!freeze) return [];
    return [{ stage: stage.name, reason: `freeze ${freeze.name}: ${freeze.reason}`, until: freeze.until }];
  });
}

/** What a running system would refuse or hold: the release is there with other content, rejected, or held by a freeze. */
export async function liveRefusals(client: ProductionClient, plan: ReleasePlan): Promise<readonly Refusal[]> {
  const refusals: Refusal[] = [];
  const existing = await unlessMissing(client.status(pipelineWorkflowId(plan)));
  if (existing && existing.planHash !== plan.hash) {
    const reason = `${existing.workflowId} exists with other content (${existing.phase}): a release never changes`;
    refusals.push({ stage: null, reason, until: null });
  }
  for (const stage of plan.stages) {
    if (!stage.deployment) continue;
    const ref = { namespace: plan.namespace, environment: stage.deployment.environment };
    const environment = await unlessMissing(client.environment(ref));
    if (environment) refusals.push(...environmentRefusals(stage.name, environment, plan));
  }
  return refusals;
}

function environmentRefusals(stage: string, status: EnvironmentStatus, plan: ReleasePlan): readonly Refusal[] {
  const rejected = status.rejected
    .filter((one) => one.release === plan.release)
    .map(({ at, reason }) => ({
      stage,
      reason: `rejected since ${at}: ${reason}; --reopen sends it again`,
      until: null,
    }));
  const frozen = status.freezes.map(({ id, by, reason, until }) => ({
    stage,
    reason: `freeze ${id} of ${by}: ${reason}`,
    until,
  }));
  const held =
    status.holders.length === 0 ? [] : [{ stage, reason: `held by ${status.holders.join(', ')}`, until: null }];
  return [...rejected, ...frozen, ...held];
}

/** What is not there yet refuses nothing. */
async function unlessMissing<T>(question: Promise<T>): Promise<T | null> {
  try {
    return await question;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'NotFound') return null;
    throw error;
  }
}
