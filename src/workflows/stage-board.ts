import { isFinal, Phase } from '../contracts/phases';
import type { AwaitingApproval, StageStatus } from '../contracts/status';
import type { ReleasePlan, StagePlan } from '../definition/release-plan';

type Standing = 'met' | 'open' | 'failed';

/** Where every stage is, and which may start: the DAG's state, without Temporal. */
export class StageBoard {
  /** What deployments told of approvals they wait for, by stage. */
  private readonly asked = new Map<string, readonly AwaitingApproval[]>();
  private readonly states: Map<string, StageStatus>;

  constructor(
    private readonly plan: ReleasePlan,
    carriedOver?: readonly StageStatus[],
  ) {
    const states = carriedOver ?? plan.stages.map(freshStage);
    this.states = new Map(states.map((state) => [state.name, state]));
  }

  get all(): readonly StageStatus[] {
    return this.plan.stages.map(({ name }) => this.of(name));
  }

  of(name: string): StageStatus {
    return this.states.get(name) ?? freshStage({ name, deployment: null });
  }

  update(name: string, change: Partial<StageStatus>): void {
    this.states.set(name, { ...this.of(name), ...change });
  }

  ask(name: string, awaiting: readonly AwaitingApproval[]): void {
    if (awaiting.length > 0) this.asked.set(name, awaiting);
    else this.asked.delete(name);
  }

  get awaiting(): AwaitingApproval[] {
    return [...this.asked.values()].flat();
  }

  get done(): boolean {
    return this.plan.stages.every(({ name }) => isFinal(this.of(name).phase));
  }

  /** Stages whose requirements are met and that have not started, in the plan's order. */
  ready(started: ReadonlySet<string>): StagePlan[] {
    const standing = this.standings();
    return this.plan.stages.filter(
      (stage) =>
        !started.has(stage.name) &&
        !isFinal(this.of(stage.name).phase) &&
        stage.requires.every((required) => standing.get(required) === 'met'),
    );
  }

  /** Skips what can no longer run because something it requires failed, and all that requires it in turn. */
  skipUnreachable(now: string): void {
    const standings = new Map<string, Standing>();
    for (const stage of this.plan.stages) {
      const blocker = stage.requires.find((required) => standings.get(required) === 'failed');
      const open = !isFinal(this.of(stage.name).phase);
      if (open && blocker !== undefined) this.block(stage.name, `${blocker} ended ${this.of(blocker).phase}`, now);
      standings.set(stage.name, this.standingOf(stage, standings));
    }
  }

  /** Leaves out what will never run: not for a choice, but because something else did not go well. */
  block(name: string, reason: string, now: string): void {
    this.update(name, { phase: Phase.skipped, reason, endedAt: now, skippedForFailure: true });
  }

  /** The stages that made the run end otherwise than well, the first one first. */
  get causes(): StageStatus[] {
    const bad = this.all.filter(({ name, phase }) => isBad(phase) && !this.forgiven(name));
    return bad.sort((a, b) => (a.endedAt ?? '').localeCompare(b.endedAt ?? ''));
  }

  /** What each stage means for those that require it. */
  private standings(): ReadonlyMap<string, Standing> {
    const standings = new Map<string, Standing>();
    for (const stage of this.plan.stages) standings.set(stage.name, this.standingOf(stage, standings));
    return standings;
  }

  private standingOf(stage: StagePlan, known: ReadonlyMap<string, Standing>): Standing {
    const { phase, skippedForFailure } = this.of(stage.name);
    if (!isFinal(phase)) return 'open';
    if (phase === Phase.succeeded) return 'met';
    if (phase !== Phase.skipped) return stage.allowFailure ? 'met' : 'failed';
    if (skippedForFailure) return 'failed';
    // Left out by its condition or an operator, it passes on what it requires itself: order holds through it.
    const required = stage.requires.map((name) => known.get(name) ?? 'open');
    return (
      required.find((standing) => standing === 'failed') ?? required.find((standing) => standing === 'open') ?? 'met'
    );
  }

  private forgiven(name: string): boolean {
    return this.plan.stages.find((stage) => stage.name === name)?.allowFailure ?? false;
  }
}

function isBad(phase: Phase): boolean {
  return phase === Phase.failed || phase === Phase.rolledBack || phase === Phase.aborted;
}

function freshStage({ name, deployment }: Pick<StagePlan, 'name' | 'deployment'>): StageStatus {
  return {
    name,
    phase: Phase.waiting,
    reason: '',
    startedAt: null,
    endedAt: null,
    environment: deployment?.environment ?? null,
    deploymentId: null,
    decisions: [],
    skippedForFailure: false,
    rollback: null,
  };
}
