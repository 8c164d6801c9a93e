import { isFinal, Phase } from '../contracts/phases';
import type { AwaitingApproval, DeploymentStatus, PipelineStatus } from '../contracts/status';
import type { RunStatus } from './types';

/**
 * One picture of a run: the pipeline's snapshot with what its deployments know better (they are a message ahead of what
 * they told the pipeline). Pure.
 */
export function mergeStatus(pipeline: PipelineStatus, deployments: readonly DeploymentStatus[]): RunStatus {
  const byId = new Map(deployments.map((deployment) => [deployment.workflowId, deployment]));
  const stages = pipeline.stages.map((stage) => {
    const deployment = stage.deploymentId === null ? undefined : byId.get(stage.deploymentId);
    // A final deployment is not yet a final stage: the pipeline still has to take its result.
    if (!deployment || isFinal(stage.phase) || isFinal(deployment.phase)) return stage;
    return { ...stage, phase: deployment.phase, reason: deployment.reason || stage.reason };
  });
  const awaiting = uniqueApprovals([...pipeline.awaiting, ...deployments.flatMap((one) => one.awaiting)]);
  const phase = pipeline.phase === Phase.running && awaiting.length > 0 ? Phase.awaitingApproval : pipeline.phase;
  return { ...pipeline, phase, stages, awaiting, deployments };
}

/** The later entry of the same question wins: it comes from the workflow that asks. */
function uniqueApprovals(all: readonly AwaitingApproval[]): readonly AwaitingApproval[] {
  return [...new Map(all.map((one) => [`${one.workflowId} ${one.stage} ${one.gate}`, one])).values()];
}

/** The deployments of a run that may still say something: their stage has not ended. */
export function openDeploymentIds(pipeline: PipelineStatus): readonly string[] {
  return pipeline.stages.flatMap((stage) =>
    stage.deploymentId !== null && !isFinal(stage.phase) ? [stage.deploymentId] : [],
  );
}
