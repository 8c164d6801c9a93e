import type { RunStatus } from '../../client';
import type { AwaitingApproval, DeploymentStatus } from '../../contracts/status';
import { stepName } from '../../definition/step-title';

/** What is new in a status, as sentences for a log. Pure. */
export function changesBetween(before: RunStatus | null, now: RunStatus): readonly string[] {
  return [
    ...stageChanges(before, now),
    ...deploymentChanges(before, now),
    ...questions(before, now),
    ...ending(before, now),
  ];
}

function stageChanges(before: RunStatus | null, now: RunStatus): readonly string[] {
  return now.stages.flatMap((stage) => {
    const was = before?.stages.find((one) => one.name === stage.name);
    const phaseIsNew = was ? was.phase !== stage.phase : stage.phase !== 'waiting';
    // A deployment at work tells its steps itself.
    const toldBySteps = now.deployments.some((one) => one.workflowId === stage.deploymentId);
    const reasonIsNew = stage.reason !== '' && was?.reason !== stage.reason && !toldBySteps;
    if (!phaseIsNew && !reasonIsNew) return [];
    return [`${stage.name}: ${stage.phase}${stage.reason === '' ? '' : ` (${stage.reason})`}`];
  });
}

function deploymentChanges(before: RunStatus | null, now: RunStatus): readonly string[] {
  return now.deployments.flatMap((deployment) => {
    const was = before?.deployments.find((one) => one.workflowId === deployment.workflowId);
    const traffic =
      was && was.weight !== deployment.weight
        ? [`${deployment.environment}: ${deployment.weight} % of the traffic goes to ${deployment.release}`]
        : [];
    return [...stepChanges(was, deployment), ...traffic];
  });
}

/** A step is told when it begins, and again only when it does not succeed. */
function stepChanges(was: DeploymentStatus | undefined, deployment: DeploymentStatus): readonly string[] {
  return deployment.steps.flatMap((step, index) => {
    const before = was?.steps[index]?.phase ?? 'waiting';
    if (before === step.phase || (before !== 'waiting' && step.phase === 'succeeded')) return [];
    const wentWell = step.phase === 'running' || step.phase === 'succeeded';
    return [`${deployment.environment}: ${stepName(step)}${wentWell ? '' : `: ${step.phase}`}`];
  });
}

function questions(before: RunStatus | null, now: RunStatus): readonly string[] {
  return now.awaiting
    .filter((asked) => !before?.awaiting.some((one) => sameQuestion(one, asked)))
    .map(
      (asked) =>
        `${asked.stage} asks for ${asked.quorum} approval${asked.quorum === 1 ? '' : 's'} (${asked.gate}), until ${asked.expiresAt}: ` +
        `f0 approve ${now.name}/${now.release} --stage ${asked.stage} --as NAME --reason TEXT`,
    );
}

function sameQuestion(a: AwaitingApproval, b: AwaitingApproval): boolean {
  return a.workflowId === b.workflowId && a.stage === b.stage && a.gate === b.gate && a.askedAt === b.askedAt;
}

function ending(before: RunStatus | null, now: RunStatus): readonly string[] {
  if (before?.phase === now.phase) return [];
  return [`${now.name} ${now.release}: ${now.phase}${now.reason === '' ? '' : ` (${now.reason})`}`];
}
