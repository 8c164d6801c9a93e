import type { TrafficState } from '../contracts/activities';
import { rootMessage } from '../contracts/errors';
import { Phase } from '../contracts/phases';
import type { DeployedRelease } from '../contracts/status';
import type { DeploymentOutcome } from '../contracts/workflows';
import type { ApprovalGatePlan } from '../definition/release-plan';
import type { DeploymentRun } from './deployment-run';
import type { Granted } from './lease';
import { servingText } from './step-executor';

/** Why a deployment goes back, and what it is called afterwards. */
export interface WayBack {
  readonly phase: Phase;
  readonly reason: string;
  /** ISO-8601; the sample that showed it. */
  readonly breachedAt: string | null;
  /** The release is refused here until somebody re-opens it. */
  readonly reject: boolean;
}

/**
 * The way back: the stable release is made ready before it gets traffic, then gets all of it, then the candidate goes.
 * No approval, freeze or channel can hold it up. Ends verified, or says precisely what serves.
 */
export async function goBack(run: DeploymentRun, granted: Granted, way: WayBack): Promise<DeploymentOutcome> {
  const decidedAt = new Date().toISOString();
  const { release, plan } = run.input;
  const home = granted.stable;
  run.view.set(Phase.running, `rolling back to ${home?.release ?? 'nothing'}: ${way.reason}`);
  run.trail.note({
    action: 'rollback.decided',
    stage: run.input.stage,
    message: `back to ${home?.release ?? 'nothing'}: ${way.reason}`,
  });
  run.announcer.tell('rollback.started', `${release} goes back in ${plan.environment}`, way.reason);

  const back = (await returnTo(run, home)) ?? (await returnTo(run, furtherBack(granted)));
  if (back) return settle(run, way, decidedAt, back);
  if (!home) return withdraw(run, way, decidedAt);
  return forward(run, way, decidedAt);
}

interface Back {
  readonly release: DeployedRelease;
  readonly trafficBackAt: string;
}

function furtherBack({ stable, lastVerified }: Granted): DeployedRelease | null {
  return lastVerified && lastVerified.release !== stable?.release ? lastVerified : null;
}

/** Null: that release could not be brought back. */
async function returnTo(run: DeploymentRun, home: DeployedRelease | null): Promise<Back | null> {
  if (!home) return null;
  try {
    await run.executor.prepare(home, home.replicas, false);
    await run.executor.shift(home, 100, run.candidate);
    run.view.weight = 0;
    const trafficBackAt = new Date().toISOString();
    await run.executor.promote(home);
    return { release: home, trafficBackAt };
  } catch (error) {
    run.trail.note({
      action: 'rollback.blocked',
      stage: run.input.stage,
      message: `${home.release} cannot serve: ${rootMessage(error)}`,
    });
    return null;
  }
}

async function settle(run: DeploymentRun, way: WayBack, decidedAt: string, back: Back): Promise<DeploymentOutcome> {
  const { release } = run.input;
  const left = await run.executor.retire(run.candidate).then(
    () => null,
    (error) => `${release} could not be retired and gets no traffic: ${rootMessage(error)}`,
  );
  await giveBack(run, way, back.release);
  const reason = `${way.reason}; ${back.release.release} serves${left ? `; ${left}` : ''}`;
  return result(run, way, {
    phase: way.phase,
    reason,
    serving: back.release.release,
    decidedAt,
    trafficBackAt: back.trafficBackAt,
  });
}

/** The first release of an environment has nothing to go back to: it is taken out, and nothing serves. */
async function withdraw(run: DeploymentRun, way: WayBack, decidedAt: string): Promise<DeploymentOutcome> {
  const state = await run.executor.retire(run.candidate).catch(() => describe(run));
  await giveBack(run, way, null);
  const phase = way.phase === Phase.aborted ? Phase.aborted : Phase.failed;
  const reason = `${way.reason}; there is no earlier release to go back to: ${servingText(state)}`;
  return result(run, way, { phase, reason, serving: null, decidedAt, trafficBackAt: null });
}

/** Stable is broken too: people choose to keep the candidate, or it is left as it is; with a deadline either way. */
async function forward(run: DeploymentRun, way: WayBack, decidedAt: string): Promise<DeploymentOutcome> {
  const { plan, release } = run.input;
  const gate: ApprovalGatePlan = {
    name: 'stable_is_broken',
    approvers: [],
    roles: [],
    quorum: 1,
    expiresInSeconds: plan.progressDeadlineSeconds,
    remindEverySeconds: null,
    escalateTo: [],
    allowAuthor: true,
  };
  const outcome = await run.ask(gate, `the releases before ${release} cannot serve: keep ${release} (${way.reason})?`);
  if (outcome.state === 'approved') {
    try {
      await run.executor.prepare(run.candidate, run.candidate.replicas, false);
      await run.executor.shift(run.candidate, 100, null);
      await run.executor.promote(run.candidate);
      await run.lease.giveBack({ outcome: 'deployed', serving: run.candidate, rejected: null });
      const reason = `kept by ${outcome.by.join(', ')} although ${way.reason}`;
      return result(run, way, { phase: Phase.succeeded, reason, serving: release, decidedAt, trafficBackAt: null });
    } catch (error) {
      run.trail.note({ action: 'forward.failed', message: rootMessage(error) });
    }
  }
  const state = await describe(run);
  await run.lease.giveBack({ outcome: 'unchanged', serving: null, rejected: rejection(run, way) });
  const reason = `${way.reason}; no earlier release could be brought back: ${servingText(state)}`;
  const serving = state?.weights.find(({ weight }) => weight === 100)?.release ?? null;
  return result(run, way, { phase: Phase.failed, reason, serving, decidedAt, trafficBackAt: null });
}

function describe(run: DeploymentRun): Promise<TrafficState | null> {
  return run.executor.describe(run.input.app.name).catch(() => null);
}

function rejection(run: DeploymentRun, way: WayBack) {
  return way.reject ? { release: run.input.release, reason: way.reason } : null;
}

async function giveBack(run: DeploymentRun, way: WayBack, serving: DeployedRelease | null): Promise<void> {
  await run.lease.giveBack({ outcome: 'rolled_back', serving, rejected: rejection(run, way) });
}

interface Ending {
  readonly phase: Phase;
  readonly reason: string;
  readonly serving: string | null;
  readonly decidedAt: string;
  readonly trafficBackAt: string | null;
}

function result(run: DeploymentRun, way: WayBack, ending: Ending): DeploymentOutcome {
  return {
    phase: ending.phase,
    reason: ending.reason,
    decisions: [...run.view.decisions],
    servingRelease: ending.serving,
    breachedAt: way.breachedAt,
    rollbackDecidedAt: ending.decidedAt,
    trafficBackAt: ending.trafficBackAt,
  };
}
