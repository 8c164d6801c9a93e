import { allHandlersFinished, CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import type { VerdictReason } from '../contracts/analysis';
import type { AuditEntry } from '../contracts/audit';
import { rootMessage } from '../contracts/errors';
import { pipelineWorkflowId } from '../contracts/ids';
import type { CommandInput } from '../contracts/messages';
import { isFinal, Phase } from '../contracts/phases';
import type { DeploymentStatus } from '../contracts/status';
import type { DeploymentInput, DeploymentOutcome, DeploymentResult } from '../contracts/workflows';
import type { ApprovalGatePlan } from '../definition/release-plan';
import { Announcer } from './announcer';
import type { GateOutcome } from './approval-gate';
import { Approvals } from './approvals';
import { Stoppable } from './cancellation';
import type { Steerable } from './commands';
import { DeploymentView } from './deployment-view';
import { climbWaves } from './deployment-waves';
import { goBack } from './go-back';
import type { WayBack } from './gone-back';
import { GraphMarks } from './graph-marks';
import { startGuardian } from './guardian-start';
import { handOver } from './hand-over';
import { Lease } from './lease';
import type { Place } from './place';
import { Proofs, saidBy } from './proofs';
import { StepRefused } from './step-refused';
import { approvalSubject } from './subject';
import { Trail } from './trail';
import { type Wave, wavesOf } from './wave';

/** One release on its way into one environment, and back: its state, its commands, and what becomes of it. */
export class DeploymentRun implements Steerable<DeploymentStatus> {
  readonly trail: Trail;
  readonly announcer: Announcer;
  readonly approvals: Approvals;
  readonly proofs: Proofs;
  readonly lease: Lease;
  readonly waves: readonly Wave[];
  readonly view: DeploymentView;
  private readonly marks: GraphMarks;
  private readonly work = new Stoppable();
  /** Set when nothing can stop it any more: the way back has begun, or the environment is being given back. */
  private committed: string | null = null;

  constructor(readonly input: DeploymentInput) {
    const { namespace, pipeline, release, plan } = input;
    const subject = { namespace, workflow: pipeline, release, environment: plan.environment };
    this.trail = new Trail(subject);
    this.announcer = new Announcer(input.channels, subject, this.trail);
    this.marks = new GraphMarks(input, this.announcer, this.trail);
    this.proofs = new Proofs({
      signing: input.signing,
      // Its pipeline hands on what it is told.
      workflowIds: [workflowInfo().workflowId, pipelineWorkflowId({ namespace, name: input.pipeline, release })],
      since: new Date().toISOString(),
    });
    this.approvals = new Approvals(this.trail, this.announcer, () => this.view.changed(), this.proofs);
    this.waves = wavesOf(input);
    this.view = new DeploymentView(input, this.waves, () => this.approvals.awaiting());
    this.lease = new Lease(input, (reason) => this.view.set(Phase.waiting, reason));
  }

  get places(): readonly Place[] {
    return this.waves.flatMap(({ places }) => places);
  }

  /** All but those that were skipped because their clusters did not answer. */
  get reached(): readonly Place[] {
    return this.places.filter(({ phase }) => phase !== Phase.skipped);
  }

  snapshot(): DeploymentStatus {
    return this.view.snapshot();
  }

  async execute(): Promise<DeploymentResult> {
    this.view.changed();
    const result = await this.deployOrReturn();
    this.view.set(result.phase, result.reason);
    this.marks.end(result);
    this.trail.note({
      action: `deployment.${result.phase}`,
      stage: this.input.stage,
      message: `${this.input.plan.environment}: ${result.phase}: ${result.reason}`,
      details: this.figures(result),
    });
    return CancellationScope.nonCancellable(async () => {
      await this.announcer.drain();
      await condition(allHandlersFinished);
      return { ...result, auditEntries: await this.lastEntries() };
    });
  }

  /** What delivery is measured by: an auditor, or the KPIs, need nothing else of a deployment. */
  private figures({ servingRelease, breachedAt, rollbackDecidedAt, trafficBackAt }: DeploymentOutcome) {
    const { app, mode } = this.input;
    const startedAt = workflowInfo().startTime.toISOString();
    return { serving: servingRelease, app: app.name, mode, startedAt, breachedAt, rollbackDecidedAt, trafficBackAt };
  }

  /** Its pipeline waits for the result and writes them with its own; after a cancellation it may be gone. */
  private async lastEntries(): Promise<readonly AuditEntry[]> {
    const { namespace, pipeline: name, release } = this.input;
    const awaited = workflowInfo().parent?.workflowId === pipelineWorkflowId({ namespace, name, release });
    if (awaited && !this.work.isCancelled) return this.trail.handOver();
    await this.trail.drain();
    return [];
  }

  // The commands. Abort and rollback are taken in every state and stop what runs.

  readonly commands = {
    pause: {
      refusal: () =>
        this.overRefusal() ?? this.committed ?? (this.view.paused ? 'the deployment is paused already' : null),
      act: (input: CommandInput) => {
        this.view.paused = true;
        this.command('deployment.paused', input, 'paused: the step under way ends, the next one waits');
      },
    },
    resume: {
      refusal: () => this.overRefusal() ?? (this.view.paused ? null : 'the deployment is not paused'),
      act: (input: CommandInput) => {
        this.view.paused = false;
        this.command('deployment.resumed', input, 'resumed');
      },
    },
    abort: { refusal: () => this.overRefusal(), act: (input: CommandInput) => this.stop('abort', input) },
    rollback: { refusal: () => this.overRefusal(), act: (input: CommandInput) => this.stop('rollback', input) },
  };

  /** An `alerts` condition became true: tell, and go on. */
  alert(reason: VerdictReason): void {
    this.view.decided(reason);
    this.trail.note({ action: 'alert.raised', stage: this.input.stage, message: reason.message });
    // Where the platform has alerting, the observer has told it.
    if (this.input.alerting) return;
    this.announcer.tell('alert', `${this.input.release} in ${this.input.plan.environment}`, reason.message);
  }

  /** A bare-name trigger, told from outside: rolls back when the plan names it and the candidate has traffic. */
  event(name: string, message: string): void {
    const ignored = this.eventRefusal(name);
    this.trail.note({
      action: ignored ? 'event.ignored' : 'event.taken',
      stage: this.input.stage,
      message: `event ${name}: ${message}${ignored ? ` (${ignored})` : ''}`,
    });
    if (ignored) return;
    this.view.decided({ kind: 'event', subject: name, outcome: 'true', message: `${name}: ${message}` });
    this.work.request({ kind: 'event', reason: `${name}: ${message}`, actor: { name: 'event', source: 'system' } });
  }

  /** Asks people in the course of the deployment; the plan's hash and the artifact are what they approve. */
  ask(plan: ApprovalGatePlan, title: string): Promise<GateOutcome> {
    const { stage, author, directory, planHash, artifact } = this.input;
    const subject = approvalSubject(planHash, artifact.digest);
    const askedAt = new Date().toISOString();
    return this.approvals.ask({ stage, plan, subject, author, directory, askedAt }, title);
  }

  private async deployOrReturn(): Promise<DeploymentOutcome> {
    try {
      const answer = await this.work.run(() => this.lease.acquire());
      if (answer.state === 'refused') return this.untouched(Phase.skipped, answer.reason);
      for (const place of this.places) place.remember(answer);
    } catch (error) {
      const stop = this.work.explain(error);
      return this.leave(stop ? Phase.aborted : Phase.failed, stop?.reason ?? rootMessage(error));
    }
    return this.input.mode === 'rollback' ? this.undo() : this.deploy();
  }

  private async deploy(): Promise<DeploymentOutcome> {
    const { release, plan } = this.input;
    this.marks.begin();
    try {
      await this.work.run(() => climbWaves(this));
    } catch (error) {
      return this.wayBack(this.reasonFor(error));
    }
    this.committed = 'the release serves already, and gives the environment back: roll it back when this run has ended';
    const { reached } = this;
    if (plan.guardian) await startGuardian(this.input, plan.guardian, reached);
    const at = new Date().toISOString();
    const served = reached.map((place) => ({ place, serving: { ...place.candidate, at, verified: true } }));
    await this.lease.giveBack({ outcome: 'deployed', ...handOver(served), rejected: null });
    return this.untouched(Phase.succeeded, [`${release} serves${regionsText(reached)}`, ...this.leftOut()].join('; '));
  }

  private leftOut(): readonly string[] {
    return this.places
      .filter(({ phase }) => phase === Phase.skipped)
      .map((place) => place.says(`skipped, and left on ${place.stableRelease ?? 'what it has'}: ${place.reason}`));
  }

  /** A rollback asked for after the release's own run has ended. */
  private async undo(): Promise<DeploymentOutcome> {
    const { release, reason, breachedAt } = this.input;
    for (const place of this.places) place.serves(release);
    if (this.places.some(({ touched }) => touched)) {
      this.marks.begin();
      return this.wayBack({ phase: Phase.rolledBack, reason, breachedAt: breachedAt ?? null, reject: true });
    }
    const serving = this.places.map((place) => place.says(`${place.stableRelease ?? 'nothing'} serves`)).join('; ');
    return this.leave(Phase.skipped, `${serving}, not ${release}`);
  }

  private async wayBack(way: WayBack): Promise<DeploymentOutcome> {
    if (!this.places.some(({ touched }) => touched)) {
      return this.leave(way.phase === Phase.aborted ? Phase.aborted : Phase.failed, way.reason);
    }
    this.committed = `it is rolling back already: ${way.reason}`;
    this.view.paused = false;
    return CancellationScope.nonCancellable(() => goBack(this, way));
  }

  /** Nothing was changed: the environment is as it was. */
  private async leave(phase: Phase, reason: string): Promise<DeploymentOutcome> {
    this.committed = `nothing was changed, and it gives the environment back: ${reason}`;
    await this.lease.giveBack({ outcome: 'unchanged', serving: null, rejected: null });
    return this.untouched(phase, reason);
  }

  private reasonFor(error: unknown): WayBack {
    const stop = this.work.explain(error);
    if (stop) {
      const phase = stop.kind === 'rollback' || stop.kind === 'event' ? Phase.rolledBack : Phase.aborted;
      return { phase, reason: stop.reason, breachedAt: null, reject: phase === Phase.rolledBack };
    }
    const breachedAt = error instanceof StepRefused ? error.breachedAt : null;
    return { phase: Phase.rolledBack, reason: rootMessage(error), breachedAt, reject: true };
  }

  private eventRefusal(name: string): string | null {
    const named = this.input.plan.steps.some(
      (step) =>
        step.kind === 'analyze' &&
        step.analysis.triggers.some((trigger) => trigger.kind === 'event' && trigger.name === name),
    );
    if (!named) return 'no trigger of this stage';
    if (this.places.every(({ shiftedAt }) => shiftedAt === null)) return 'the release has no traffic yet';
    return this.committed;
  }

  private overRefusal(): string | null {
    return isFinal(this.view.phase) ? 'the deployment has ended' : null;
  }

  private stop(kind: 'abort' | 'rollback', input: CommandInput): void {
    const words = kind === 'abort' ? 'aborted' : 'rollback asked for';
    const why = this.committed ? `${words}, without effect: ${this.committed}` : words;
    this.command(`deployment.${kind}`, input, why);
    if (this.committed) return;
    const reason = `${words} by ${input.by.name}: ${input.reason || 'no reason given'}`;
    this.work.request({ kind, reason, actor: input.by });
  }

  private command(action: string, input: CommandInput, words: string): void {
    this.trail.note({ action, stage: this.input.stage, ...saidBy(input, words) });
    this.view.changed();
  }

  private untouched(phase: Phase, reason: string): DeploymentOutcome {
    return {
      phase,
      reason,
      decisions: [...this.view.decisions],
      servingRelease: this.view.stableRelease,
      breachedAt: null,
      rollbackDecidedAt: null,
      trafficBackAt: null,
    };
  }
}

/** ` in eu-west, us-east`; empty where there are no regions. */
function regionsText(places: readonly Place[]): string {
  const regions = places.flatMap(({ region }) => region ?? []);
  return regions.length === 0 ? '' : ` in ${regions.join(', ')}`;
}
