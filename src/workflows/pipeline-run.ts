import {
  allHandlersFinished,
  CancellationScope,
  CancelledFailure,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import type { Artifact } from '../contracts/activities';
import type { AuditEntry } from '../contracts/audit';
import { rootMessage } from '../contracts/errors';
import {
  abortSignal,
  type CommandInput,
  pauseSignal,
  resumeSignal,
  rollbackSignal,
  type StageProgress,
} from '../contracts/messages';
import { isFinal, Phase } from '../contracts/phases';
import type { PipelineStatus, StageStatus } from '../contracts/status';
import type { PipelineInput, PipelineResult } from '../contracts/workflows';
import type { StagePlan } from '../definition/release-plan';
import { alarm } from './alarm';
import { Announcer } from './announcer';
import { Approvals } from './approvals';
import { Stoppable } from './cancellation';
import type { Steerable } from './commands';
import { pipelineDetails } from './details';
import { Listing } from './listing';
import { type CommandRoom, type PipelineCommands, pipelineCommands } from './pipeline-commands';
import { type Ending, endingOf } from './pipeline-ending';
import { currentPhase } from './pipeline-view';
import { Proofs, saidBy } from './proofs';
import { StageBoard } from './stage-board';
import { type LoopRoom, StageLoop } from './stage-loop';
import { undoStage } from './stage-work';
import { Trail } from './trail';

const signalOf = { pause: pauseSignal, resume: resumeSignal, abort: abortSignal, rollback: rollbackSignal } as const;

/** One release on its way through the stages: what people see of it and tell it, and what becomes of it. */
export class PipelineRun implements Steerable<PipelineStatus>, LoopRoom, CommandRoom {
  readonly trail: Trail;
  readonly approvals: Approvals;
  readonly proofs: Proofs;
  readonly commands: PipelineCommands = pipelineCommands(this);
  artifact: Artifact | null;
  paused: boolean;
  private readonly announcer: Announcer;
  private readonly board: StageBoard;
  private readonly loop: StageLoop;
  private readonly listing = new Listing();
  private readonly work = new Stoppable();
  private readonly startedAt: string;
  private ending: Ending | null = null;
  private endedAt: string | null = null;

  constructor(readonly input: PipelineInput) {
    const { plan, resumeFrom } = input;
    const subject = { namespace: plan.namespace, workflow: plan.name, release: plan.release };
    this.trail = new Trail(subject, resumeFrom?.auditSequence, resumeFrom?.timeline);
    this.announcer = new Announcer(plan.channels, subject, this.trail);
    this.board = new StageBoard(plan, resumeFrom?.stages);
    this.artifact = resumeFrom?.artifact ?? null;
    this.paused = resumeFrom?.paused ?? false;
    this.startedAt = resumeFrom?.startedAt ?? new Date().toISOString();
    const { workflowId } = workflowInfo();
    const room = { signing: plan.signing, workflowIds: [workflowId], since: this.startedAt };
    this.proofs = new Proofs(room, resumeFrom?.usedProofs);
    this.approvals = new Approvals(this.trail, this.announcer, () => this.changed(), this.proofs);
    this.loop = new StageLoop(this, this.board, resumeFrom?.admitted ?? []);
  }

  async execute(): Promise<PipelineResult> {
    if (!this.input.resumeFrom) this.noteStart();
    await this.work
      .run(() => this.goThroughStages())
      .catch((error) => this.work.explain(error) ?? Promise.reject(error));
    return CancellationScope.nonCancellable(async () => {
      await this.afterStop();
      const result = this.end();
      await this.settle();
      // Together with the end of the run itself: one write of Temporal's index instead of two.
      this.listing.show(this.snapshot());
      if (this.work.stop?.kind === 'cancel') throw new CancelledFailure(result.reason);
      return result;
    });
  }

  snapshot(): PipelineStatus {
    const { plan, author } = this.input;
    const { workflowId, runId } = workflowInfo();
    const { stages, paused } = this;
    const { stop } = this.work;
    const awaiting = [...this.approvals.awaiting(), ...this.board.awaiting];
    return {
      workflowId,
      runId,
      namespace: plan.namespace,
      name: plan.name,
      release: plan.release,
      ...(this.ending ?? currentPhase({ stop, paused, stages, awaiting })),
      planHash: plan.hash,
      artifactDigest: this.artifact?.digest ?? null,
      author: author.name,
      startedAt: this.startedAt,
      endedAt: this.endedAt,
      stages,
      awaiting,
    };
  }

  // What gates, stages and commands see of the run, and tell it.

  get stages(): readonly StageStatus[] {
    return this.board.all;
  }

  stagePlan(name: string): StagePlan | undefined {
    return this.input.plan.stages.find((stage) => stage.name === name);
  }

  isPaused(): boolean {
    return this.paused;
  }

  overRefusal(): string | null {
    return this.ending ? `the run has ended: ${this.ending.phase}` : null;
  }

  stoppingRefusal(): string | null {
    return this.work.stop ? `the run is stopping: ${this.work.stop.reason}` : null;
  }

  /** A deployment tells what needs eyes. */
  hear({ stage, status }: StageProgress): void {
    if (!this.stagePlan(stage) || isFinal(this.board.of(stage).phase) || isFinal(status.phase)) return;
    this.board.update(stage, { phase: status.phase, reason: status.reason });
    // Whoever signs an answer signs it for the workflow that asks: nobody may ask in another one's name.
    const { deploymentId } = this.board.of(stage);
    const asked = status.awaiting.filter(({ workflowId }) => workflowId === deploymentId);
    this.board.ask(stage, asked);
    this.changed();
  }

  adopt(entries: readonly AuditEntry[]): void {
    this.trail.adopt(entries);
  }

  note(stage: string, action: string, message: string, details?: Readonly<Record<string, unknown>>): void {
    this.trail.note({ stage, action, message, ...(details ? { details } : {}) });
  }

  waitsAt(stage: string, reason: string): void {
    this.board.update(stage, { reason });
  }

  deploying(stage: string, workflowId: string): void {
    this.board.update(stage, { deploymentId: workflowId });
  }

  leaveOut(stage: string, input: CommandInput): void {
    const reason = `skipped by ${input.by.name}${input.reason ? `: ${input.reason}` : ''}`;
    this.board.update(stage, { phase: Phase.skipped, reason, endedAt: new Date().toISOString() });
    this.trail.note({ ...saidBy(input, ''), action: 'stage.skipped', stage, message: reason });
    this.loop.wake();
  }

  stop(kind: 'abort' | 'rollback', input: CommandInput): void {
    const words = kind === 'abort' ? 'aborted' : 'rollback asked for';
    this.heard(`release.${kind}`, input, words);
    // The deployments hear it as it is; the cancellation that follows reaches those that are only starting.
    this.forward(kind, input);
    const reason = `${words} by ${input.by.name}: ${input.reason || 'no reason given'}`;
    this.work.request({ kind, reason, actor: input.by });
  }

  heard(action: string, input: CommandInput, words: string): void {
    this.trail.note({ action, ...saidBy(input, words) });
    this.loop.wake();
  }

  /** Commands reach the deployments under way; one that ended meanwhile does not need them. */
  forward(kind: keyof typeof signalOf, input: CommandInput): void {
    for (const { deploymentId, phase } of this.stages) {
      if (!deploymentId || isFinal(phase)) continue;
      const sent = getExternalWorkflowHandle(deploymentId).signal(signalOf[kind], input);
      void sent.catch(() => undefined);
    }
  }

  /** How a stage ends whose work threw. */
  failed(error: unknown): Ending {
    const stop = this.work.explain(error);
    return stop ? { phase: Phase.aborted, reason: stop.reason } : { phase: Phase.failed, reason: rootMessage(error) };
  }

  changed(): void {
    const status = this.snapshot();
    setCurrentDetails(pipelineDetails(status));
    // The end is listed at the end, unless channels that may be slow are told before.
    if (!this.ending || !this.announcer.idle) this.listing.show(status);
  }

  private async goThroughStages(): Promise<void> {
    if ((await this.loop.run()) === 'renew') await this.carryOn();
  }

  private noteStart(): void {
    const { plan, author, reopen } = this.input;
    const details = { planHash: plan.hash, documentDigest: plan.documentDigest };
    const message = `${plan.release} started${reopen ? ', re-opened' : ''}`;
    this.trail.note({ action: 'release.started', actor: author, message, details });
  }

  /** After an abort or a rollback: what never ran is skipped, and a rollback takes back what this run had deployed. */
  private async afterStop(): Promise<void> {
    if (!this.work.stop) return;
    await condition(() => this.loop.idle);
    const { kind, reason } = this.work.stop;
    for (const { name, phase } of this.stages) {
      if (!isFinal(phase)) this.board.block(name, reason, new Date().toISOString());
    }
    if (kind !== 'rollback') return;
    for (const stage of [...this.input.plan.stages].reverse()) {
      const deployed = this.board.of(stage.name).phase === Phase.succeeded;
      if (deployed && stage.deployment) this.loop.finish(stage.name, await this.undo(stage, reason));
    }
  }

  private async undo(stage: StagePlan, reason: string): Promise<Ending & Partial<StageStatus>> {
    this.board.update(stage.name, { phase: Phase.running, reason: `goes back: ${reason}` });
    this.changed();
    try {
      const outcome = await undoStage(this, stage, reason);
      return outcome.phase === Phase.skipped ? { phase: Phase.succeeded, reason: outcome.reason } : outcome;
    } catch (error) {
      return { phase: Phase.failed, reason: `could not go back: ${rootMessage(error)}` };
    }
  }

  private end(): PipelineResult {
    const { name, release } = this.input.plan;
    this.ending = endingOf(release, this.board.causes, this.work.stop);
    this.endedAt = new Date().toISOString();
    const { phase, reason } = this.ending;
    this.trail.note({
      action: 'release.finished',
      message: `${release}: ${phase}: ${reason}`,
      details: { phase, startedAt: this.startedAt },
    });
    this.tellEnd(`${name} ${release}: ${phase}`, reason, phase);
    this.changed();
    return { phase, reason, artifactDigest: this.artifact?.digest ?? null, stages: this.stages };
  }

  /** A failure is an alert where the platform has alerting, and a deployment that went back has raised its own. */
  private tellEnd(title: string, reason: string, phase: Phase): void {
    const { alerting, channels, namespace, name, release, app } = this.input.plan;
    if (!alerting || (phase !== Phase.failed && phase !== Phase.rolledBack)) {
      this.announcer.tell('release.finished', title, reason);
      return;
    }
    if (phase === Phase.rolledBack) return;
    const subject = { namespace, pipeline: name, release, app, channels, alerting, plan: null };
    alarm(this.announcer, subject, { name: 'ReleaseFailed', severity: 'critical', summary: `${title}: ${reason}` });
  }

  private async settle(): Promise<void> {
    await this.announcer.drain();
    await this.trail.drain();
    await condition(allHandlersFinished);
  }

  private async carryOn(): Promise<void> {
    await this.settle();
    // A message that came meanwhile: a stop ends the run here, anything else is part of what is carried over.
    this.work.throwIfStopped();
    const { plan, author, reopen } = this.input;
    const used = this.proofs.usedAt(Date.now());
    const resumeFrom = {
      startedAt: this.startedAt,
      stages: this.stages,
      admitted: this.loop.admitted,
      artifact: this.artifact,
      auditSequence: this.trail.sequence,
      timeline: this.trail.timeline.slice(-100),
      paused: this.paused,
      ...(used.length > 0 ? { usedProofs: used } : {}),
    };
    await continueAsNew<(input: PipelineInput) => Promise<PipelineResult>>({ plan, author, reopen, resumeFrom });
  }
}
