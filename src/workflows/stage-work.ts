import { ActivityFailure, CancellationScope, isCancellation, TimeoutFailure, workflowInfo } from '@temporalio/workflow';
import type { Artifact } from '../contracts/activities';
import type { AuditEntry } from '../contracts/audit';
import { errorCodeOf, failure } from '../contracts/errors';
import { Phase } from '../contracts/phases';
import type { StageStatus } from '../contracts/status';
import type { DeploymentInput, DeploymentOutcome, PipelineInput } from '../contracts/workflows';
import type { CommandPlan, DeploymentPlan, StagePlan } from '../definition/release-plan';
import { deploymentIdOf, runDeployment } from './deployment-start';
import { operate } from './proxies';

export type StageOutcome = Pick<StageStatus, 'phase' | 'reason'> & Partial<Pick<StageStatus, 'decisions' | 'rollback'>>;

/** What the stages of one run hand to each other. */
export interface StageRoom {
  readonly input: PipelineInput;
  artifact: Artifact | null;
  isPaused(): boolean;
  /** Seen in the timeline and the audit trail. */
  note(stage: string, action: string, message: string, details?: Readonly<Record<string, unknown>>): void;
  /** What a deployment has not written to the audit log. */
  adopt(entries: readonly AuditEntry[]): void;
  /** The deployment's own workflow, as soon as its id is known. */
  deploying(stage: string, workflowId: string): void;
}

/** Runs one stage, gates excepted. Throws when a build or a command fails; a deployment always has an outcome. */
export async function runStage(room: StageRoom, stage: StagePlan): Promise<StageOutcome> {
  const deadline = Date.now() + stage.timeoutSeconds * 1000;
  try {
    return await doStage(room, stage, deadline);
  } catch (error) {
    const cutShort =
      isCancellation(error) || (error instanceof ActivityFailure && error.cause instanceof TimeoutFailure);
    throw cutShort && Date.now() >= deadline ? late(stage) : error;
  }
}

async function doStage(room: StageRoom, stage: StagePlan, deadline: number): Promise<StageOutcome> {
  if (stage.build) await build(room, stage, deadline);
  for (const command of stage.commands) await runWithRetries(room, stage, command, deadline);
  if (stage.deployment) return deploy(room, stage, stage.deployment, deadline);
  const done = [
    ...(stage.build && room.artifact ? [`built ${room.artifact.digest.slice(0, 19)}`] : []),
    ...stage.commands.map(({ name }) => name),
  ];
  return { phase: Phase.succeeded, reason: done.join(', ') };
}

async function build(room: StageRoom, stage: StagePlan, deadline: number): Promise<void> {
  if (!stage.build) return;
  const { plan } = room.input;
  const { provider, action } = stage.build;
  const artifact = await operate.buildArtifact.executeWithOptions(
    { summary: `${provider}/${action}`, scheduleToCloseTimeout: remaining(stage, deadline) },
    [
      {
        key: key(stage, 'build'),
        provider,
        action,
        app: plan.app,
        release: plan.release,
        isolation: stage.build.isolation,
        timeoutSeconds: stage.timeoutSeconds,
      },
    ],
  );
  room.artifact = artifact;
  const { digest, sbomDigest, provenanceDigest, committedAt } = artifact;
  const details = { digest, sbomDigest, provenanceDigest, ...(committedAt ? { committedAt } : {}) };
  room.note(stage.name, 'artifact.built', `built ${digest}`, details);
}

async function runWithRetries(
  room: StageRoom,
  stage: StagePlan,
  command: CommandPlan,
  deadline: number,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await runCommand(room, stage, command, attempt, deadline);
      return;
    } catch (error) {
      const worthTrying = errorCodeOf(error) === 'CommandFailed' && attempt <= stage.retries;
      if (!worthTrying) throw error;
      room.note(stage.name, 'command.retried', `${command.name} failed, try ${attempt + 1} of ${stage.retries + 1}`);
    }
  }
}

async function runCommand(room: StageRoom, stage: StagePlan, command: CommandPlan, attempt: number, deadline: number) {
  const { plan } = room.input;
  const result = await operate.runCommand.executeWithOptions(
    { summary: command.name, scheduleToCloseTimeout: remaining(stage, deadline) },
    [
      {
        key: key(stage, `${command.name}/${attempt}`),
        artifactDigest: room.artifact?.digest ?? null,
        source: plan.app.source,
        command,
        release: plan.release,
      },
    ],
  );
  const seconds = Math.round(result.durationSeconds * 10) / 10;
  room.note(stage.name, 'command.passed', `${command.name} passed in ${seconds} s`, { logDigest: result.logDigest });
}

async function deploy(
  room: StageRoom,
  stage: StagePlan,
  plan: DeploymentPlan,
  deadline: number,
): Promise<StageOutcome> {
  const input = deploymentInput(room, stage, plan, 'deploy', '');
  room.deploying(stage.name, deploymentIdOf(input));
  // The time limit cancels the deployment, which goes back before it ends: what it did is known either way.
  const result = await CancellationScope.withTimeout(remaining(stage, deadline), () =>
    runDeployment(input, () => room.isPaused()),
  );
  room.adopt(result.auditEntries);
  const outcome = { ...outcomeOf(result), decisions: result.decisions };
  if (result.phase === Phase.skipped) return { ...outcome, phase: Phase.failed };
  if (result.phase !== Phase.aborted || Date.now() < deadline) return outcome;
  const phase = outcome.rollback ? Phase.rolledBack : Phase.failed;
  return { ...outcome, phase, reason: `${late(stage).message}; ${result.reason}` };
}

/** Takes a stage that was deployed by this run back again. */
export async function undoStage(room: StageRoom, stage: StagePlan, reason: string): Promise<StageOutcome> {
  if (!stage.deployment) return { phase: Phase.skipped, reason: 'nothing to take back' };
  const input = deploymentInput(room, stage, stage.deployment, 'rollback', reason);
  const result = await runDeployment(input, () => false);
  room.adopt(result.auditEntries);
  return outcomeOf(result);
}

function outcomeOf({ phase, reason, breachedAt, rollbackDecidedAt, trafficBackAt }: DeploymentOutcome) {
  const rollback = rollbackDecidedAt ? { breachedAt, decidedAt: rollbackDecidedAt, trafficBackAt } : null;
  return { phase, reason, rollback };
}

function deploymentInput(
  room: StageRoom,
  stage: StagePlan,
  deployment: DeploymentPlan,
  mode: DeploymentInput['mode'],
  reason: string,
): DeploymentInput {
  const { plan, author, reopen } = room.input;
  if (!room.artifact)
    throw failure('InvalidInput', `stage ${stage.name} deploys, and no stage before it built anything`);
  const { namespace, name: pipeline, app, release, directory, channels, hash: planHash } = plan;
  const signing = plan.signing ? { signing: plan.signing } : {};
  const alerting = plan.alerting ? { alerting: plan.alerting } : {};
  const who = { directory, ...signing, author };
  const common = { namespace, pipeline, app, release, ...who, channels, ...alerting, planHash, reopen };
  return { ...common, stage: stage.name, artifact: room.artifact, plan: deployment, mode, reason };
}

function remaining(stage: StagePlan, deadline: number): number {
  const millis = deadline - Date.now();
  if (millis <= 0) throw late(stage);
  return millis;
}

function late(stage: StagePlan) {
  return failure('Timeout', `stage ${stage.name} was not done within ${stage.timeoutSeconds} s`);
}

function key(stage: StagePlan, step: string): string {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  return `${workflowId}/${firstExecutionRunId}/${stage.name}/${step}`;
}
