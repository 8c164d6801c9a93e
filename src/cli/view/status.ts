import type { RunStatus } from '../../client';
import { isFinal } from '../../contracts/phases';
import type { AwaitingApproval, DeploymentStatus, RegionStatus, StageStatus } from '../../contracts/status';
import { stepName } from '../../definition/step-title';
import type { Colours } from '../context';
import { phaseMark, phaseName } from './phase';
import { sayBetween, sayDuration } from './time';

export interface StatusViewOptions {
  readonly colours: Colours;
  readonly now: number;
  /** The command that a person would type to approve; without it the tree only says what is asked. */
  readonly hints: boolean;
}

/** A run as a tree of its stages, for people. */
export function statusText(status: RunStatus, options: StatusViewOptions): string {
  const { colours, now } = options;
  const width = Math.max(0, ...status.stages.map((stage) => stage.name.length));
  const head = [
    `${phaseMark(status.phase, colours)} ${colours.bold(`${status.name} ${status.release}`)}`,
    phaseName(status.phase, colours),
    colours.dim(sayBetween(status.startedAt, status.endedAt, now)),
  ].join('  ');
  const lines = [head];
  if (status.reason !== '') lines.push(`  ${status.reason}`);
  for (const stage of status.stages) lines.push(...stageLines(stage, status, width, options));
  for (const asked of status.awaiting) lines.push('', ...awaitingLines(asked, status, options));
  return lines.join('\n');
}

function stageLines(
  stage: StageStatus,
  status: RunStatus,
  width: number,
  { colours, now }: StatusViewOptions,
): readonly string[] {
  const time = stage.startedAt === null ? '' : sayBetween(stage.startedAt, stage.endedAt, now);
  const line = [
    `  ${phaseMark(stage.phase, colours)} ${stage.name.padEnd(width)}`,
    phaseName(stage.phase, colours, 'awaiting_approval'.length),
    colours.dim(time.padEnd(11)),
    stage.reason,
  ].join('  ');
  const deployment = status.deployments.find((one) => one.workflowId === stage.deploymentId);
  return [line.trimEnd(), ...(deployment && !isFinal(stage.phase) ? deploymentLines(deployment, colours, now) : [])];
}

function deploymentLines(deployment: DeploymentStatus, colours: Colours, now: number): readonly string[] {
  const traffic = `${deployment.release} ${deployment.weight} %${deployment.stableRelease === null ? '' : `, ${deployment.stableRelease} ${100 - deployment.weight} %`}`;
  const steps = stepsToShow(deployment).map((step) => {
    const time = step.startedAt === null ? '' : colours.dim(sayBetween(step.startedAt, step.endedAt, now));
    return `      ${phaseMark(step.phase, colours)} ${stepName(step)}  ${time}`.trimEnd();
  });
  const regions = (deployment.regions ?? []).map((region) => regionLine(region, colours));
  return [`      ${colours.dim(`${deployment.environment}: ${traffic}`)}`, ...regions, ...steps];
}

function regionLine({ region, wave, phase, weight, reason }: RegionStatus, colours: Colours): string {
  const words = colours.dim(`wave ${wave}, ${weight} %${reason === '' ? '' : `: ${reason}`}`);
  return `      ${phaseMark(phase, colours)} ${region}  ${words}`;
}

/** With many regions, those of the regions at work: the others have a line each. */
function stepsToShow({ steps, regions = [] }: DeploymentStatus): DeploymentStatus['steps'] {
  const resting = regions.filter(({ phase }) => phase !== 'running').map(({ region }) => region);
  return steps.filter(({ region }) => region === undefined || !resting.includes(region));
}

function awaitingLines(
  asked: AwaitingApproval,
  status: RunStatus,
  { colours, now, hints }: StatusViewOptions,
): readonly string[] {
  const left = (Date.parse(asked.expiresAt) - now) / 1000;
  const who = [...asked.roles.map((role) => `role ${role}`), ...asked.approvers].join(', ') || 'anyone allowed';
  const by = asked.approvedBy.length === 0 ? '' : ` (${asked.approvedBy.join(', ')})`;
  const line = `  ${colours.yellow('asks')} ${asked.stage} (${asked.gate}): ${asked.approvedBy.length} of ${asked.quorum} approved${by}; ${who}; expires ${left > 0 ? `in ${sayDuration(left)}` : 'now'}`;
  const hint = `    f0 approve ${status.name}/${status.release} --stage ${asked.stage} --as NAME --reason TEXT`;
  return hints ? [line, colours.dim(hint)] : [line];
}
