import {
  allHandlersFinished,
  CancellationScope,
  CancelledFailure,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Artifact } from '../contracts/activities';
import { rootMessage } from '../contracts/errors';
import {
  type CommandInput,
  pauseSignal,
  resumeSignal,
  type SkipInput,
  type StageProgress,
} from '../contracts/messages';
import { isFinal, Phase } from '../contracts/phases';
import { searchAttribute } from '../contracts/search-attributes';
import type { PipelineStatus } from '../contracts/status';
import type { PipelineInput, PipelineResult } from '../contracts/workflows';
import type { StagePlan } from '../definition/release-plan';
import { Announcer } from './announcer';
import { Approvals } from './approvals';
import { Stoppable } from './cancellation';
import type { Command, Steerable } from './commands';
import { pipelineDetails } from './details';
import { StageBoard } from './stage-board';
import { runStage, type StageRoom, undoStage } from './stage-work';
import { approvalSubject } from './subject';
import { Trail } from './trail';

export class PipelineRun implements Steerable<PipelineStatus>, StageRoom {
  readonly trail: Trail;
  readonly approvals: Approvals;
  artifact: Artifact | null;
  private readonly announcer: Announcer;
  private readonly board: StageBoard;
  private readonly work = new Stoppable();
  private readonly startedAt: string;
  private readonly started = new Set<string>();
  private readonly runnable: StagePlan[] = [];
  private gatesOpen = 0;
  private executing = 0;
  private awake = false;
  private paused: boolean;
  private ending: Pick<PipelineResult, 'phase' | 'reason'> | null = null;
  private endedAt: string | null = null;
  private shown = '';

  constructor(readonly input: PipelineInput) {
    const { plan, resumeFrom } = input;
    const subject = { namespace: plan.namespace, release: plan.release };
    this.trail = new Trail(subject, resumeFrom?.auditSequence);
    this.announcer = new Announcer(plan.channels, subject, this.trail);
    this.approvals = new Approvals(this.trail, this.announcer, () => this.changed());
    this.board = new StageBoard(plan, resumeFrom?.stages);
    this.artifact = resumeFrom?.artifact ?? null;
    this.paused = resumeFrom?.paused ?? false;
    this.startedAt = resumeFrom?.startedAt ?? new Date().toISOString();
  }

  async execute(): Promise<PipelineResult> {
    const { plan, author, resumeFrom, reopen } = this.input;
    if (!resumeFrom) {
      const again = reopen ? ', re-opened' : '';
      const details = { planHash: plan.hash, documentDigest: plan.documentDigest };
      this.trail.note({
        action: 'release.started',
        actor: author,
        message: `${plan.release} started${again}`,
        details,
      });
    }
    await this.work.run(() => this.runStages()).catch((error) => this.work.explain(error) ?? Promise.reject(error));
    await CancellationScope.nonCancellable(() => this.afterStop());
    const result = this.end();
    await CancellationScope.nonCancellable(async () => {
      await this.announcer.drain();
      await this.trail.drain();
      await condition(allHandlersFinished);
    });
    if (this.work.stop?.kind === 'cancel') throw new CancelledFailure(result.reason);
    return result;
  }

  snapshot(): PipelineStatus {
    const { plan, author } = this.input;
    const { workflowId, runId } = workflowInfo();
    const { phase, reason } = this.ending ?? this.current();
    return {
      workflowId,
      runId,
      namespace: plan.namespace,
      name: plan.name,
      release: plan.release,
      phase,
      reason,
      planHash: plan.hash,
      artifactDigest: this.artifact?.digest ?? null,
      author: author.name,
      startedAt: this.startedAt,
      endedAt: this.endedAt,
      stages: this.board.all,
      awaiting: [...this.approvals.awaiting(), ...this.board.awaiting],
    };
  }

  readonly pause: Command<CommandInput> = {
    refusal: () => this.overRefusal() ?? (this.paused ? 'the run is paused already' : null),
    act: (input) => {
      this.paused = true;
      this.command('release.paused', input, 'paused: no further stage or step starts');
      void this.forward(input, 'pause');
    },
  };

  readonly resume: Command<CommandInput> = {
    refusal: () => this.overRefusal() ?? (this.paused || this.deploymentPaused() ? null : 'the run is not paused'),
    act: (input) => {
      this.paused = false;
      this.command('release.resumed', input, 'resumed');
      void this.forward(input, 'resume');
    },
  };

  readonly abort: Command<CommandInput> = {
    refusal: () => this.overRefusal(),
    act: (input) => this.stop('abort', 'aborted', input),
  };

  readonly rollback: Command<CommandInput> = {
    refusal: () => this.overRefusal(),
    act: (input) => this.stop('rollback', 'rollback asked for', input),
  };

  /** Leaves out a stage that has not started; its dependants run. A gate is decided, never skipped. */
  readonly skip: Command<SkipInput> = {
    refusal: ({ stage: name }) => {
      const over = this.overRefusal();
      if (over) return over;
      const stage = this.input.plan.stages.find((candidate) => candidate.name === name);
      if (!stage)
        return `there is no stage ${name}; stages: ${this.input.plan.stages.map((known) => known.name).join(', ')}`;
      if (stage.gates.length > 0) return `${name} has an approval gate: approve or reject it, it cannot be skipped`;
      if (this.board.of(name).phase !== Phase.waiting) return `${name} is ${this.board.of(name).phase} already`;
      return null;
    },
    act: (input) => {
      const reason = `skipped by ${input.by.name}${input.reason ? `: ${input.reason}` : ''}`;
      this.board.update(input.stage, { phase: Phase.skipped, reason, endedAt: new Date().toISOString() });
      this.trail.note({ action: 'stage.skipped', actor: input.by, stage: input.stage, message: reason });
      this.wake();
    },
  };

  /** A deployment tells what needs eyes. */
  hear({ stage, status }: StageProgress): void {
    if (isFinal(this.board.of(stage).phase)) return;
    this.board.update(stage, { phase: status.phase, reason: status.reason });
    this.board.ask(stage, status.awaiting);
    this.changed();
  }

  note(stage: string, action: string, message: string, details?: Readonly<Record<string, unknown>>): void {
    this.trail.note({ stage, action, message, ...(details ? { details } : {}) });
  }

  deploying(stage: string, workflowId: string): void {
    this.board.update(stage, { deploymentId: workflowId });
  }

  private async runStages(): Promise<void> {
    for (;;) {
      this.awake = false;
      const renew = workflowInfo().continueAsNewSuggested;
      while (this.board.skipUnreachable(new Date().toISOString()));
      if (!renew) this.admit();
      this.startRunnable(renew);
      this.changed();
      if (this.idle && this.board.done) return;
      if (this.idle && renew) return this.carryOn();
      if (!this.awake) await condition(() => this.awake);
    }
  }

  private get idle(): boolean {
    return this.executing === 0 && this.gatesOpen === 0;
  }

  /** Stages whose requirements are met go to their gates, or straight to the queue of those that may run. */
  private admit(): void {
    for (const stage of this.board.ready(this.started)) {
      this.started.add(stage.name);
      if (stage.skip !== null) this.finish(stage.name, { phase: Phase.skipped, reason: stage.skip });
      else if (stage.gates.length > 0) void this.askGates(stage);
      else this.runnable.push(stage);
    }
  }

  private startRunnable(renew: boolean): void {
    while (!this.paused && !renew && this.executing < this.input.plan.maxParallelStages) {
      const stage = this.runnable.shift();
      if (!stage) return;
      if (!isFinal(this.board.of(stage.name).phase)) void this.run(stage);
    }
  }

  private async askGates(stage: StagePlan): Promise<void> {
    this.gatesOpen += 1;
    const { plan, author } = this.input;
    this.board.update(stage.name, { phase: Phase.awaitingApproval, startedAt: new Date().toISOString() });
    try {
      for (const gate of stage.gates) {
        const subject = approvalSubject(plan.hash, this.artifact?.digest ?? null);
        const question = {
          stage: stage.name,
          plan: gate,
          subject,
          author,
          directory: plan.directory,
          askedAt: new Date().toISOString(),
        };
        this.board.update(stage.name, { reason: `waits at ${gate.name}` });
        const outcome = await this.approvals.ask(
          question,
          `${plan.name} ${plan.release}: ${gate.name} of ${stage.name}`,
        );
        if (outcome.state !== 'approved') {
          const who = outcome.by.length > 0 ? ` by ${outcome.by.join(', ')}` : '';
          return this.finish(stage.name, {
            phase: Phase.failed,
            reason: `${gate.name} ${outcome.state}${who}: ${outcome.reason}`,
          });
        }
        this.board.update(stage.name, { reason: `${gate.name} approved by ${outcome.by.join(', ')}` });
      }
      this.board.update(stage.name, { phase: Phase.waiting });
      this.runnable.push(stage);
    } catch (error) {
      this.finish(stage.name, this.failed(error));
    } finally {
      this.gatesOpen -= 1;
      this.wake();
    }
  }

  private async run(stage: StagePlan): Promise<void> {
    this.executing += 1;
    const startedAt = this.board.of(stage.name).startedAt ?? new Date().toISOString();
    this.board.update(stage.name, { phase: Phase.running, startedAt });
    try {
      this.finish(stage.name, await runStage(this, stage));
    } catch (error) {
      this.finish(stage.name, this.failed(error));
    } finally {
      this.executing -= 1;
      this.wake();
    }
  }

  private failed(error: unknown): { phase: Phase; reason: string } {
    const stop = this.work.explain(error);
    return stop ? { phase: Phase.aborted, reason: stop.reason } : { phase: Phase.failed, reason: rootMessage(error) };
  }

  private finish(stage: string, outcome: { readonly phase: Phase; readonly reason: string }): void {
    this.board.update(stage, { ...outcome, endedAt: new Date().toISOString() });
    this.board.ask(stage, []);
    const { phase, reason } = outcome;
    this.trail.note({ action: `stage.${phase}`, stage, message: `${stage}: ${phase}${reason ? `: ${reason}` : ''}` });
    this.wake();
  }

  /** After an abort or a rollback: what never ran is skipped, and a rollback takes back what this run had deployed. */
  private async afterStop(): Promise<void> {
    const { stop } = this.work;
    if (!stop) return;
    await condition(() => this.idle);
    for (const { name, phase } of this.board.all) {
      if (!isFinal(phase))
        this.board.update(name, { phase: Phase.skipped, reason: stop.reason, skippedForFailure: true });
    }
    if (stop.kind !== 'rollback') return;
    for (const stage of [...this.input.plan.stages].reverse()) {
      if (!stage.deployment || this.board.of(stage.name).phase !== Phase.succeeded) continue;
      const outcome = await undoStage(this, stage, stage.deployment, stop.reason);
      this.finish(
        stage.name,
        outcome.phase === Phase.skipped ? { phase: Phase.succeeded, reason: outcome.reason } : outcome,
      );
    }
  }

  private end(): PipelineResult {
    const cause = this.board.firstCause;
    const { stop } = this.work;
    this.ending = cause
      ? {
          phase: stop?.kind === 'rollback' && cause.phase === Phase.aborted ? Phase.rolledBack : cause.phase,
          reason: `${cause.name}: ${cause.reason}`,
        }
      : stop
        ? { phase: stop.kind === 'rollback' ? Phase.rolledBack : Phase.aborted, reason: stop.reason }
        : { phase: Phase.succeeded, reason: `${this.input.plan.release} went through all stages` };
    this.endedAt = new Date().toISOString();
    const { phase, reason } = this.ending;
    this.trail.note({ action: 'release.finished', message: `${this.input.plan.release}: ${phase}: ${reason}` });
    this.announcer.tell('release.finished', `${this.input.plan.name} ${this.input.plan.release}: ${phase}`, reason);
    this.changed();
    return { phase, reason, artifactDigest: this.artifact?.digest ?? null, stages: this.board.all };
  }

  private async carryOn(): Promise<never> {
    await condition(allHandlersFinished);
    await this.trail.drain();
    const { plan, author, reopen } = this.input;
    const resumeFrom = {
      startedAt: this.startedAt,
      stages: this.board.all,
      artifact: this.artifact,
      auditSequence: this.trail.sequence,
      paused: this.paused,
    };
    return continueAsNew<(input: PipelineInput) => Promise<PipelineResult>>({ plan, author, reopen, resumeFrom });
  }

  private current(): { phase: Phase; reason: string } {
    const phases = this.board.all;
    const in_ = (phase: Phase) => phases.filter((stage) => stage.phase === phase).map(({ name }) => name);
    if (this.work.stop) return { phase: Phase.running, reason: `stopping: ${this.work.stop.reason}` };
    if (this.paused) return { phase: Phase.paused, reason: 'no further stage starts until somebody resumes' };
    const [asking] = this.snapshotAwaiting();
    if (asking) return { phase: Phase.awaitingApproval, reason: `${asking.stage} waits at ${asking.gate}` };
    const paused = in_(Phase.paused);
    if (paused.length > 0) return { phase: Phase.paused, reason: `${paused.join(', ')} is paused` };
    const running = in_(Phase.running);
    if (running.length > 0) return { phase: Phase.running, reason: running.join(', ') };
    return {
      phase: Phase.waiting,
      reason: phases.find(({ phase, reason }) => phase === Phase.waiting && reason !== '')?.reason ?? '',
    };
  }

  private snapshotAwaiting() {
    return [...this.approvals.awaiting(), ...this.board.awaiting];
  }

  private deploymentPaused(): boolean {
    return this.board.all.some(({ phase }) => phase === Phase.paused);
  }

  private overRefusal(): string | null {
    return this.ending ? `the run has ended: ${this.ending.phase}` : null;
  }

  private stop(kind: 'abort' | 'rollback', words: string, input: CommandInput): void {
    this.command(`release.${kind}`, input, words);
    this.work.request({
      kind,
      reason: `${words} by ${input.by.name}: ${input.reason || 'no reason given'}`,
      actor: input.by,
    });
  }

  private command(action: string, { by, reason }: CommandInput, words: string): void {
    this.trail.note({ action, actor: by, message: `${words}${reason ? ` (${reason})` : ''}` });
    this.wake();
  }

  /** Pause and resume reach the deployments under way; one that ended meanwhile does not need them. */
  private async forward(input: CommandInput, kind: 'pause' | 'resume'): Promise<void> {
    for (const { deploymentId, phase } of this.board.all) {
      if (!deploymentId || isFinal(phase)) continue;
      const handle = getExternalWorkflowHandle(deploymentId);
      await handle.signal(kind === 'pause' ? pauseSignal : resumeSignal, input).catch(() => undefined);
    }
  }

  private wake(): void {
    this.awake = true;
    this.changed();
  }

  private changed(): void {
    const status = this.snapshot();
    setCurrentDetails(pipelineDetails(status));
    const shown = `${status.phase} ${status.awaiting.length > 0}`;
    if (shown === this.shown) return;
    this.shown = shown;
    upsertSearchAttributes([
      { key: searchAttribute.phase, value: status.phase },
      { key: searchAttribute.awaitingApproval, value: status.awaiting.length > 0 },
    ]);
  }
}
