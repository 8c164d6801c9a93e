import { Phase } from '../contracts/phases';
import type { DeploymentStatus, EnvironmentStatus, PipelineStatus } from '../contracts/status';
import { stepName } from '../definition/step-title';

// Markdown for Temporal's own UI ("current details"): the run's story without leaving that page.

const mark: Readonly<Record<Phase, string>> = {
  [Phase.waiting]: '▫️',
  [Phase.running]: '▶️',
  [Phase.awaitingApproval]: '✋',
  [Phase.paused]: '⏸️',
  [Phase.succeeded]: '✅',
  [Phase.failed]: '❌',
  [Phase.rolledBack]: '↩️',
  [Phase.aborted]: '⏹️',
  [Phase.skipped]: '⏭️',
};

/** Temporal takes 20 kB; a thousand stages do not fit, nor do reasons that quote a command's output. */
const lineLimit = 60;
const lengthLimit = 300;

export function pipelineDetails(status: PipelineStatus): string {
  const lines = status.stages.map(
    ({ name, phase, reason }) => `- ${mark[phase]} **${name}** ${phase}${reason ? `: ${reason}` : ''}`,
  );
  const approvals = status.awaiting.map(
    ({ stage, gate, approvedBy, quorum, expiresAt }) =>
      `- ✋ **${stage}** waits at \`${gate}\`: ${approvedBy.length} of ${quorum}, until ${expiresAt}`,
  );
  return clip([`### ${status.name} ${status.release}: ${status.phase}`, status.reason, '', ...approvals, ...lines]);
}

export function deploymentDetails(status: DeploymentStatus): string {
  const regions = (status.regions ?? []).map(
    ({ region, wave, phase, weight, stableRelease, reason }) =>
      `- ${mark[phase]} **${region}** (wave ${wave}): ${weight}%, stable ${stableRelease ?? 'nothing'}${reason ? `: ${reason}` : ''}`,
  );
  const steps = status.steps.map((step) => `- ${mark[step.phase]} ${stepName(step)}`);
  const decisions = status.decisions.map(({ message }) => `- ${message}`);
  return clip([
    `### ${status.release} in ${status.environment}: ${status.phase}`,
    status.reason,
    `Traffic: ${status.weight}% on ${status.release}, the rest on ${status.stableRelease ?? (status.regions ? 'what each region had' : 'nothing')}`,
    '',
    ...(regions.length > 0 ? [...regions, ''] : []),
    ...steps,
    ...(decisions.length > 0 ? ['', '#### Figures', ...decisions] : []),
  ]);
}

export function environmentDetails(status: EnvironmentStatus): string {
  return clip([
    `### ${status.environment}`,
    `Serves: ${status.current ? `${status.current.app} ${status.current.release} since ${status.current.at}` : 'nothing yet'}`,
    ...status.serving.flatMap(({ app, region, release }) => (region ? [`- ${region}: ${app} ${release}`] : [])),
    `Held by: ${status.holders.join(', ') || 'nobody'}`,
    ...status.waiting.map(({ release, since }) => `- waits: ${release} since ${since}`),
    ...status.freezes.map(({ reason, by, until }) => `- frozen by ${by} until ${until ?? 'lifted'}: ${reason}`),
    ...status.rejected.map(({ release, reason }) => `- rejected: ${release} (${reason})`),
  ]);
}

function clip(lines: readonly string[]): string {
  const short = lines
    .slice(0, lineLimit)
    .map((line) => (line.length > lengthLimit ? `${line.slice(0, lengthLimit)}…` : line));
  if (lines.length > lineLimit) short.push(`… and ${lines.length - lineLimit} more`);
  return short.join('\n');
}
