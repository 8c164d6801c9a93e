import { CancellationScope, condition, sleep, workflowInfo } from '@temporalio/workflow';
import { Verdict, type VerdictReason } from '../contracts/analysis';
import { rootMessage } from '../contracts/errors';
import type { Identity } from '../contracts/identity';
import type { CommandInput } from '../contracts/messages';
import { isFinal, Phase } from '../contracts/phases';
import type { DeployedRelease, DeploymentStatus } from '../contracts/status';
import type { DeploymentInput, DeploymentResult } from '../contracts/workflows';
import type { AnalysisPlan, ApprovalGatePlan, DeploymentStep } from '../definition/release-plan';
import { Announcer } from './announcer';
import { Approvals } from './approvals';
import { Stoppable } from './cancellation';
import type { Command, Steerable } from './commands';
import { DeploymentView } from './deployment-view';
import { goBack, type WayBack } from './go-back';
import { startGuardian } from './guardian-start';
import { type Granted, Lease } from './lease';
import { observe } from './proxies';
import { StepExecutor } from './step-executor';
import { Trail } from './trail';

/** A step that says: not this release. Caught where the way back begins, never leaves the workflow. */
export class StepRefused extends Error {
  constructor(
    message: string,
    readonly breachedAt: string | null = null,
  ) {
    super(message);
  }
}

export class DeploymentRun implements Steerable<DeploymentStatus> {
  readonly trail: Trail;
  readonly announcer: Announcer;
  readonly approvals: Approvals;
  readonly lease: Lease;
  readonly view: DeploymentView;
  readonly executor: StepExecutor;
  readonly candidate: DeployedRelease;
  private readonly work = new Stoppable();
  private shiftedAt: string | null = null;
  private goingBack = false;

  constructor(readonly input: DeploymentInput) {
    const { namespace, release, plan, app, artifact } = input;
    const subject = { namespace, release, environment: plan.environment };
    this.trail = new Trail(subject);
    this.announcer = new Announcer(input.channels, subject, this.trail);
    this.approvals = new Approvals(this.trail, this.announcer, () => this.view.changed());
    this.view = new DeploymentView(input, () => this.approvals.awaiting());
    this.lease = new Lease(input, (reason) => this.view.set(Phase.waiting, reason));
    this.executor = new StepExecutor(namespace, plan);
    this.candidate = {
      app: app.name,
      release,
      digest: artifact.digest,
      spec: app,
      replicas: plan.replicas,
      env: plan.env,
      at: new Date().toISOString(),
      verified: false,
    };
  }

  snapshot(): DeploymentStatus {
    return this.view.snapshot();
  }

  async execute(): Promise<DeploymentResult> {
    const result = await this.deployOrReturn();
    this.view.set(result.phase, result.reason);
    this.trail.note({
      action: `deployment.${result.phase}`,
      stage: this.input.stage,
      message: `${this.input.plan.environment}: ${result.phase}: ${result.reason}`,
      details: { serving: result.servingRelease },
    });
    await CancellationScope.nonCancellable(async () => {
      await this.announcer.drain();
      await this.trail.drain();
    });
    return result;
  }

  // The commands. Abort and rollback are taken in every state and stop what runs.

  readonly pause: Command<CommandInput> = {
    refusal: () =>
      isFinal(this.view.phase) ? 'the deployment has ended' : this.goingBack ? 'it is rolling back' : null,
    act: (input) => {
      this.view.paused = true;
      this.command('deployment.paused', input, 'paused: the step under way ends, the next one waits');
    },
  };

  readonly resume: Command<CommandInput> = {
    refusal: () => (this.view.paused ? null : 'the deployment is not paused'),
    act: (input) => {
      this.view.paused = false;
      this.command('deployment.resumed', input, 'resumed');
    },
  };

  readonly abort: Command<CommandInput> = {
    refusal: () => (isFinal(this.view.phase) ? 'the deployment has ended' : null),
    act: (input) => this.stop('abort', input),
  };

  readonly rollback: Command<CommandInput> = {
    refusal: () => (isFinal(this.view.phase) ? 'the deployment has ended' : null),
    act: (input) => this.stop('rollback', input),
  };

  /** An `alerts` condition became true: tell, and go on. */
  alert(reason: VerdictReason): void {
    this.view.decisions.push(reason);
    this.trail.note({ action: 'alert.raised', stage: this.input.stage, message: reason.message });
    this.announcer.tell('alert', `${this.input.release} in ${this.input.plan.environment}`, reason.message);
  }

  /** A bare-name trigger, told from outside: rolls back when the plan names it and the candidate has traffic. */
  event(name: string, message: string): void {
    const named = this.input.plan.steps.some(
      (step) =>
        step.kind === 'analyze' &&
        step.analysis.triggers.some((trigger) => trigger.kind === 'event' && trigger.name === name),
    );
    const effective = named && this.shiftedAt !== null;
    this.trail.note({
      action: effective ? 'event.taken' : 'event.ignored',
      message: `event ${name}: ${message}${effective ? '' : named ? ' (the release has no traffic yet)' : ' (no trigger of this stage)'}`,
    });
    if (!effective) return;
    this.view.decisions.push({ kind: 'event', subject: name, outcome: 'true', message: `${name}: ${message}` });
    this.work.request({ kind: 'event', reason: `${name}: ${message}`, actor: { name: 'event', source: 'system' } });
  }

  /** Asks people in the course of the deployment; the plan's hash and the artifact are what they approve. */
  ask(plan: ApprovalGatePlan, title: string) {
    const { stage, author, directory, planHash } = this.input;
    const askedAt = new Date().toISOString();
    return this.approvals.ask({ stage, plan, subject: planHash, author, directory, askedAt }, title);
  }

  private async deployOrReturn(): Promise<DeploymentResult> {
    try {
      const granted = await this.work.run(() => this.lease.acquire());
      if (granted.state === 'refused') return this.untouched(Phase.skipped, granted.reason);
      this.view.stableRelease = granted.stable?.release ?? null;
      return this.input.mode === 'rollback' ? await this.undo(granted) : await this.deploy(granted);
    } catch (error) {
      const stop = this.work.explain(error);
      await this.lease.giveBack({ outcome: 'unchanged', serving: null, rejected: null });
      return this.untouched(stop ? Phase.aborted : Phase.failed, stop?.reason ?? rootMessage(error));
    }
  }

  private async deploy(granted: Granted): Promise<DeploymentResult> {
    try {
      await this.work.run(() => this.climb(granted.stable));
    } catch (error) {
      return this.wayBack(granted, this.reasonFor(error));
    }
    const serving = { ...this.candidate, at: new Date().toISOString(), verified: true };
    if (this.input.plan.guardian) await startGuardian(this.input, this.input.plan.guardian);
    await this.lease.giveBack({ outcome: 'deployed', serving, rejected: null });
    return { ...this.untouched(Phase.succeeded, `${serving.release} serves`), servingRelease: serving.release };
  }

  /** A rollback asked for after the release's own run has ended. */
  private async undo(granted: Granted): Promise<DeploymentResult> {
    const { current } = granted;
    if (current?.release !== this.input.release) {
      await this.lease.giveBack({ outcome: 'unchanged', serving: null, rejected: null });
      return this.untouched(Phase.skipped, `${current?.release ?? 'nothing'} serves, not ${this.input.release}`);
    }
    this.executor.touched = true;
    return this.wayBack(granted, {
      phase: Phase.rolledBack,
      reason: this.input.reason,
      breachedAt: null,
      reject: true,
    });
  }

  private async wayBack(granted: Granted, way: WayBack): Promise<DeploymentResult> {
    if (!this.executor.touched) {
      await this.lease.giveBack({ outcome: 'unchanged', serving: null, rejected: null });
      return this.untouched(way.phase === Phase.aborted ? Phase.aborted : Phase.failed, way.reason);
    }
    this.goingBack = true;
    this.view.paused = false;
    return CancellationScope.nonCancellable(() => goBack(this, granted, way));
  }

  private async climb(stable: DeployedRelease | null): Promise<void> {
    const { steps } = this.input.plan;
    for (const [index, step] of steps.entries()) {
      if (this.view.paused) await condition(() => !this.view.paused);
      this.view.begin(index);
      try {
        await this.perform(step, stable);
        this.view.end(index, Phase.succeeded);
      } catch (error) {
        this.view.end(index, Phase.failed);
        throw error;
      }
    }
  }

  private async perform(step: DeploymentStep, stable: DeployedRelease | null): Promise<void> {
    switch (step.kind) {
      case 'prepare': {
        const state = await this.executor.prepare(this.candidate, step.replicas, step.rolling);
        if (step.rolling)
          this.shifted(state.weights.find(({ release }) => release === this.candidate.release)?.weight ?? 100);
        return;
      }
      case 'weight':
        await this.lease.untilNotFrozen();
        this.shiftedAt ??= new Date().toISOString();
        await this.executor.shift(this.candidate, step.weight, stable);
        this.shifted(step.weight);
        return;
      case 'pause':
        return this.pauseStep(step.durationSeconds);
      case 'analyze':
        return this.analyze(step.analysis, stable);
      case 'approve': {
        const outcome = await this.ask(
          step.gate,
          `${this.input.release} at ${this.view.weight}% in ${this.input.plan.environment}`,
        );
        if (outcome.state !== 'approved')
          throw new StepRefused(`${step.gate.name} ${outcome.state}: ${outcome.reason}`);
        return;
      }
      case 'promote':
        await this.executor.promote(this.candidate);
        return;
      case 'retire':
        if (!stable || stable.release === this.candidate.release) return;
        if (step.afterSeconds > 0)
          await sleep(step.afterSeconds * 1000, { summary: `${stable.release} stays ready to take over` });
        await this.executor.retire(stable);
        return;
    }
  }

  private async pauseStep(durationSeconds: number | null): Promise<void> {
    if (durationSeconds !== null) return sleep(durationSeconds * 1000, { summary: 'pause' });
    this.view.paused = true;
    this.view.changed();
    await condition(() => !this.view.paused);
  }

  private shifted(weight: number): void {
    this.shiftedAt ??= new Date().toISOString();
    this.view.weight = weight;
    this.view.changed();
  }

  /** One durable verdict a step: the analysis is never run again to get another one. */
  private async analyze(plan: AnalysisPlan, stable: DeployedRelease | null): Promise<void> {
    const { namespace, app, release, plan: deployment } = this.input;
    const { environment, cluster, metricSource: source } = deployment;
    const { workflowId, firstExecutionRunId } = workflowInfo();
    const target = { source, cluster, namespace, environment, app: app.name, release, appMetrics: app.metrics };
    const result = await observe.analyze.executeWithOptions({ summary: `${plan.name}: ${release} in ${environment}` }, [
      {
        key: `${workflowId}/${firstExecutionRunId}/${plan.name}/${this.view.weight}`,
        plan,
        target,
        ...(stable ? { baselineRelease: stable.release } : {}),
        ...(this.shiftedAt ? { shiftedAt: this.shiftedAt } : {}),
      },
    ]);
    this.view.decisions.push(...result.reasons);
    const why = result.reasons.map(({ message }) => message).join('; ');
    this.trail.note({
      action: `analysis.${result.verdict}`,
      stage: this.input.stage,
      message: `${plan.name}: ${result.verdict}: ${why}`,
      details: { samples: result.samples, score: result.score ?? null, reasons: result.reasons },
    });
    if (result.verdict === Verdict.pass || plan.mode === 'observe') return;
    const asks = result.verdict === Verdict.fail ? plan.mode === 'pause' : plan.onInconclusive === 'ask';
    if (asks) return this.askAbout(plan, result.verdict, why);
    if (result.verdict !== Verdict.fail && plan.onInconclusive === 'pass') return;
    throw new StepRefused(why, result.breachedAt ?? result.endedAt);
  }

  private async askAbout(plan: AnalysisPlan, verdict: Verdict, why: string): Promise<void> {
    const gate: ApprovalGatePlan = {
      name: `${plan.name}_${verdict}`,
      approvers: [],
      roles: [],
      quorum: 1,
      expiresInSeconds: plan.askExpiresInSeconds,
      remindEverySeconds: null,
      escalateTo: [],
      allowAuthor: true,
    };
    const outcome = await this.ask(gate, `${plan.name} of ${this.input.release} is ${verdict}: go on? ${why}`);
    if (outcome.state !== 'approved')
      throw new StepRefused(
        `${plan.name} is ${verdict} (${why}), and going on was ${outcome.state}: ${outcome.reason}`,
      );
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

  private stop(kind: 'abort' | 'rollback', input: CommandInput): void {
    const words = kind === 'abort' ? 'aborted' : 'rollback asked for';
    this.command(`deployment.${kind}`, input, words);
    this.work.request({
      kind,
      reason: `${words} by ${input.by.name}: ${input.reason || 'no reason given'}`,
      actor: input.by,
    });
  }

  private command(action: string, { by, reason }: { by: Identity; reason: string }, words: string): void {
    this.trail.note({ action, actor: by, stage: this.input.stage, message: `${words}${reason ? ` (${reason})` : ''}` });
    this.view.changed();
  }

  private untouched(phase: Phase, reason: string): DeploymentResult {
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
