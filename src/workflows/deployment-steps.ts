import { condition, isCancellation, sleep } from '@temporalio/workflow';
import { rootMessage } from '../contracts/errors';
import { Phase } from '../contracts/phases';
import type { DeployedRelease } from '../contracts/status';
import type { ApprovalGatePlan, DeploymentStep } from '../definition/release-plan';
import { stepTitle } from '../definition/step-title';
import { analyze } from './analysis-step';
import type { DeploymentRun } from './deployment-run';
import { StepRefused } from './step-refused';

/** The way up: one step after the other, as the plan has them. Throws when the release must go back. */
export async function climb(run: DeploymentRun, stable: DeployedRelease | null): Promise<void> {
  for (const [index, step] of run.input.plan.steps.entries()) {
    await untilResumed(run);
    run.view.begin(index);
    try {
      await perform(run, step, index, stable);
      run.view.end(index, Phase.succeeded);
    } catch (error) {
      run.view.end(index, Phase.failed);
      throw error;
    }
  }
}

async function untilResumed(run: DeploymentRun): Promise<void> {
  if (!run.view.paused) return;
  run.view.set(Phase.running, 'paused: the next step waits until somebody resumes');
  await condition(() => !run.view.paused);
}

async function perform(
  run: DeploymentRun,
  step: DeploymentStep,
  index: number,
  stable: DeployedRelease | null,
): Promise<void> {
  switch (step.kind) {
    case 'prepare': {
      if (step.rolling) await untilNotFrozen(run, step);
      const state = await run.executor.prepare(run.candidate, step.replicas, step.rolling);
      for (const { kind, name, from } of state.adopted ?? []) {
        const owners = from.map(({ manager }) => manager).join(', ') || 'nobody';
        const message = `${kind} ${name} was taken over from ${owners}`;
        run.trail.note({ action: 'object.adopted', stage: run.input.stage, message, details: { from } });
      }
      const share = state.weights.find(({ release }) => release === run.input.release)?.weight;
      if (step.rolling) run.shifted(share ?? 0);
      return;
    }
    case 'weight':
      await untilNotFrozen(run, step);
      // From here on the candidate may have traffic, whether the answer comes or not.
      run.shiftedAt ??= new Date().toISOString();
      await run.executor.shift(run.candidate, step.weight, stable);
      return run.shifted(step.weight);
    case 'pause':
      return pause(run, step.durationSeconds);
    case 'analyze':
      return analyze(run, step.analysis, index, stable);
    case 'approve':
      return approve(run, step.gate);
    case 'promote':
      await run.executor.promote(run.candidate);
      return;
    case 'retire':
      return retire(run, step.afterSeconds, stable);
  }
}

/** Windows may have opened while the release waited in a queue or at a gate. */
async function untilNotFrozen(run: DeploymentRun, step: DeploymentStep): Promise<void> {
  const held = await run.lease.untilNotFrozen();
  if (held) run.view.set(Phase.running, stepTitle(step));
}

async function pause(run: DeploymentRun, durationSeconds: number | null): Promise<void> {
  if (durationSeconds !== null) return sleep(durationSeconds * 1000, { summary: 'pause' });
  run.view.paused = true;
  run.view.changed();
  await condition(() => !run.view.paused);
}

async function approve(run: DeploymentRun, gate: ApprovalGatePlan): Promise<void> {
  const { release, plan } = run.input;
  const outcome = await run.ask(gate, `${release} at ${run.view.weight}% in ${plan.environment}`);
  if (outcome.state !== 'approved') throw new StepRefused(`${gate.name} ${outcome.state}: ${outcome.reason}`);
}

/** The candidate serves by now: an old release that cannot be stopped is no reason to take a good one back. */
async function retire(run: DeploymentRun, afterSeconds: number, stable: DeployedRelease | null): Promise<void> {
  if (!stable || stable.release === run.input.release) return;
  if (afterSeconds > 0) await sleep(afterSeconds * 1000, { summary: `${stable.release} stays ready to take over` });
  try {
    await run.executor.retire(stable);
  } catch (error) {
    if (isCancellation(error)) throw error;
    const message = `${stable.release} could not be retired and gets no traffic: ${rootMessage(error)}`;
    run.trail.note({ action: 'retire.failed', stage: run.input.stage, message });
  }
}
