import { condition, workflowInfo } from '@temporalio/workflow';
import { isFinal, Phase } from '../contracts/phases';
import type { StageStatus } from '../contracts/status';
import type { AdmittedStage } from '../contracts/workflows';
import type { StagePlan } from '../definition/release-plan';
import type { Ending } from './pipeline-ending';
import type { StageBoard } from './stage-board';
import { askGates, type GateRoom, subjectNow } from './stage-gates';
import { runStage, type StageRoom } from './stage-work';

/** What the loop needs of its run. */
export interface LoopRoom extends StageRoom, GateRoom {
  stagePlan(name: string): StagePlan | undefined;
  /** How a stage ends whose work threw. */
  failed(error: unknown): Ending;
  /** Something that people see is different now. */
  changed(): void;
}

/** Starts every stage as soon as it may: what it requires is done, its gates are passed, and there is room. */
export class StageLoop {
  private readonly runnable: AdmittedStage[];
  private readonly started: Set<string>;
  private gatesOpen = 0;
  private executing = 0;
  private awake = false;
  private goesRound = false;

  constructor(
    private readonly room: LoopRoom,
    private readonly board: StageBoard,
    admitted: readonly AdmittedStage[],
  ) {
    this.runnable = [...admitted];
    this.started = new Set(admitted.map(({ stage }) => stage));
  }

  /** Stages that passed their gates and have not started yet. */
  get admitted(): readonly AdmittedStage[] {
    return this.runnable;
  }

  /** Nothing is under way, and nobody is asked. */
  get idle(): boolean {
    return this.executing === 0 && this.gatesOpen === 0;
  }

  /** Something changed that may let a stage start, or end the loop. */
  wake(): void {
    this.awake = true;
    // In between, people would see a run that waits for nothing, and each such look is written to the history.
    if (!this.goesRound) this.room.changed();
  }

  finish(stage: string, outcome: Ending & Partial<StageStatus>): void {
    this.board.update(stage, { ...outcome, endedAt: new Date().toISOString() });
    this.board.ask(stage, []);
    const { phase, reason } = outcome;
    this.room.note(stage, `stage.${phase}`, `${stage}: ${phase}${reason ? `: ${reason}` : ''}`);
    this.wake();
  }

  /** Until all stages are final, or the history is so long that the run should go on in a new one. */
  async run(): Promise<'done' | 'renew'> {
    this.goesRound = true;
    try {
      return await this.goRound();
    } finally {
      this.goesRound = false;
    }
  }

  private async goRound(): Promise<'done' | 'renew'> {
    for (;;) {
      this.awake = false;
      // Not while people are asked: that may take days, in which nothing else must be held back.
      const renew = workflowInfo().continueAsNewSuggested && this.gatesOpen === 0;
      this.board.skipUnreachable(new Date().toISOString());
      if (!renew) this.admit();
      if (!renew) this.startRunnable();
      if (this.idle && this.board.done) return 'done';
      this.room.changed();
      if (this.idle && renew) return 'renew';
      if (!this.awake) await condition(() => this.awake);
    }
  }

  /** Stages whose requirements are met go to their gates, or straight to the queue of those that may run. */
  private admit(): void {
    for (const stage of this.board.ready(this.started)) {
      this.started.add(stage.name);
      if (stage.skip !== null) this.finish(stage.name, { phase: Phase.skipped, reason: stage.skip });
      else if (stage.gates.length > 0) void this.passGates(stage);
      else this.runnable.push({ stage: stage.name, subject: null });
    }
  }

  private startRunnable(): void {
    while (!this.room.isPaused() && this.executing < this.room.input.plan.maxParallelStages) {
      const admitted = this.runnable.shift();
      if (!admitted) return;
      const stage = this.room.stagePlan(admitted.stage);
      if (!stage || isFinal(this.board.of(stage.name).phase)) continue;
      if (admitted.subject === null || admitted.subject === subjectNow(this.room)) void this.execute(stage);
      else void this.askAgain(stage);
    }
  }

  private async passGates(stage: StagePlan): Promise<void> {
    this.gatesOpen += 1;
    this.begin(stage, Phase.awaitingApproval);
    try {
      const subject = subjectNow(this.room);
      const refusal = await askGates(this.room, stage, subject);
      if (refusal !== null) return this.finish(stage.name, { phase: Phase.failed, reason: refusal });
      this.board.update(stage.name, { phase: Phase.waiting });
      this.runnable.push({ stage: stage.name, subject });
    } catch (error) {
      this.finish(stage.name, this.room.failed(error));
    } finally {
      this.gatesOpen -= 1;
      this.wake();
    }
  }

  /** What was approved is not what would run: another artifact was built in the meantime. */
  private askAgain(stage: StagePlan): Promise<void> {
    const message = `${stage.name}: the artifact changed after the approval, which is void; asked again`;
    this.room.note(stage.name, 'approval.void', message);
    return this.passGates(stage);
  }

  private async execute(stage: StagePlan): Promise<void> {
    this.executing += 1;
    this.begin(stage, Phase.running);
    try {
      this.finish(stage.name, await runStage(this.room, stage));
    } catch (error) {
      this.finish(stage.name, this.room.failed(error));
    } finally {
      this.executing -= 1;
      this.wake();
    }
  }

  private begin(stage: StagePlan, phase: Phase): void {
    const startedAt = this.board.of(stage.name).startedAt ?? new Date().toISOString();
    this.board.update(stage.name, { phase, startedAt });
  }
}
