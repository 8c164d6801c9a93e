import type {
  ApprovalGatePlan,
  DeploymentPlan,
  DeploymentStep,
  ReleasePlan,
  StagePlan,
  WavePlan,
} from '../../definition/release-plan';
import { stepTitle } from '../../definition/step-title';
import { undoOf } from '../../definition/strategies';
import type { Colours } from '../context';
import { sayDuration } from './time';

/** What would hold or refuse a release if it were sent now. */
export interface Refusal {
  readonly stage: string | null;
  readonly reason: string;
  /** ISO-8601; null: not known. */
  readonly until: string | null;
}

/** A release's plan for people: stages in their order, gates, steps, and what stands in the way. */
export function planText(plan: ReleasePlan, refusals: readonly Refusal[], colours: Colours): string {
  const { bold, dim } = colours;
  const head = [
    `${bold(`${plan.name} ${plan.release}`)}  namespace ${plan.namespace}, app ${plan.app.name} (${plan.app.source})`,
    dim(`plan ${plan.hash.slice(0, 12)}${plan.timeScale === 1 ? '' : `, all durations times ${plan.timeScale}`}`),
  ];
  if (asksPeople(plan)) head.push(dim(signingText(plan)));
  const stages = plan.stages.flatMap((stage, index) => ['', ...stageLines(stage, index + 1, colours)]);
  return [...head, ...stages, '', ...refusalLines(refusals, colours)].join('\n');
}

function asksPeople({ stages }: ReleasePlan): boolean {
  return stages.some(
    ({ gates, deployment }) => gates.length > 0 || deployment?.steps.some(({ kind }) => kind === 'approve'),
  );
}

function signingText({ signing }: ReleasePlan): string {
  if (!signing) return 'decisions are not signed: whoever reaches Temporal may decide under any name';
  const keys = signing.keys.map(({ id }) => id).join(', ');
  return signing.unsignedApprovals
    ? `decisions may be signed (${keys}); unsigned ones count too, under the name they give`
    : `decisions must be signed (${keys})`;
}

function stageLines(stage: StagePlan, position: number, { bold, dim, yellow }: Colours): readonly string[] {
  const after = stage.requires.length === 0 ? 'at once' : `after ${stage.requires.join(', ')}`;
  const lines = [`${String(position).padStart(2)}. ${bold(stage.name)}  ${dim(`${stage.kind}, ${after}`)}`];
  if (stage.skip !== null) lines.push(`      ${yellow('skipped')}: ${stage.skip}`);
  for (const gate of stage.gates) lines.push(`      ${yellow('asks')} ${gateText(gate)}`);
  if (stage.build) lines.push(`      build with ${stage.build.provider}/${stage.build.action}`);
  for (const { name, command, isolation } of stage.commands) {
    lines.push(`      ${name}: ${command}  ${dim(isolation.name)}`);
  }
  if (stage.deployment) lines.push(...deploymentLines(stage.deployment, dim));
  const rules = [`timeout ${sayDuration(stage.timeoutSeconds)}`];
  if (stage.retries > 0) rules.push(`${stage.retries} retries`);
  if (stage.allowFailure) rules.push('may fail');
  lines.push(`      ${dim(rules.join(', '))}`);
  return lines;
}

function deploymentLines(deployment: DeploymentPlan, dim: Colours['dim']): readonly string[] {
  const { environment, cluster, strategy, concurrency } = deployment;
  const steps = deployment.steps.map((step) => {
    if (step.kind !== 'analyze') return `      - ${stepTitle(step)}${undoText(step, dim)}`;
    const { criteria, triggers, judge, mode } = step.analysis;
    const counts = [`${criteria.length} criteria`, `${triggers.length} triggers`, ...(judge ? ['a judge'] : [])];
    return `      - ${stepTitle(step)}  ${dim(`${counts.join(', ')}${mode === 'enforce' ? '' : `; ${mode} only`}`)}`;
  });
  const where = deployment.waves ? regionCount(deployment.waves) : `${cluster.name}, ${cluster.type}`;
  return [
    `      ${strategy} into ${environment} (${where}); a newer release: ${concurrency}`,
    ...waveLines(deployment),
    ...steps,
  ];
}

function regionCount(waves: readonly WavePlan[]): string {
  const count = waves.reduce((sum, { regions }) => sum + regions.length, 0);
  return `${count} region${count === 1 ? '' : 's'} in ${waves.length} wave${waves.length === 1 ? '' : 's'}`;
}

/** The order of the regions, before the steps that each of them goes through. */
function waveLines({ waves, unreachable, replicas }: DeploymentPlan): readonly string[] {
  if (!waves || !unreachable) return [];
  const lines = waves.flatMap(({ regions, maxParallel, soak }, index) => [
    `      wave ${index + 1}${paceText(regions.length, maxParallel)}${soak ? `, then ${stepTitle(soak)}` : ''}:`,
    ...regions.map(
      ({ region, cluster, replicas: own = replicas }) =>
        `        ${region}  ${cluster.name}, ${cluster.type}, ${own} replica(s)`,
    ),
  ]);
  const { policy, afterSeconds } = unreachable;
  const end = policy === 'skip' ? 'is skipped' : 'fails the deployment';
  return [...lines, `      a region that does not answer for ${sayDuration(afterSeconds)} ${end}; each of them:`];
}

function paceText(regions: number, maxParallel: number): string {
  if (regions === 1) return '';
  return maxParallel === 1 ? ', one after the other' : `, ${Math.min(maxParallel, regions)} at once`;
}

/** Undo beside do: what a rollback would make of the step. */
function undoText(step: DeploymentStep, dim: Colours['dim']): string {
  if (step.kind === 'pause' || step.kind === 'approve') return '';
  return dim(`  undo: ${undoOf(step) ?? 'none, this is a one-way door'}`);
}

function gateText(gate: ApprovalGatePlan): string {
  const who = [...gate.roles.map((role) => `role ${role}`), ...gate.approvers].join(', ');
  const author = gate.allowAuthor ? 'the author too' : 'not the author';
  return `${gate.quorum} approval${gate.quorum === 1 ? '' : 's'} (${gate.name}) of ${who || 'anyone'}, ${author}; expires in ${sayDuration(gate.expiresInSeconds)}`;
}

function refusalLines(refusals: readonly Refusal[], { red, green }: Colours): readonly string[] {
  if (refusals.length === 0) return [green('Nothing stands in its way now.')];
  return refusals.map(({ stage, reason, until }) => {
    const where = stage === null ? '' : `${stage}: `;
    return `${red('would be refused or held')}  ${where}${reason}${until === null ? '' : `, until ${until}`}`;
  });
}
