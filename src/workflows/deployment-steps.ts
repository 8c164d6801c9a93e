import { condition, isCancellation, sleep } from '@temporalio/workflow';
import { rootMessage } from '../contracts/errors';
import { Phase } from '../contracts/phases';
import type { DeployedRelease } from '../contracts/status';
import type { ApprovalGatePlan, DeploymentStep } from '../definition/release-plan';
import { stepTitle } from '../definition/step-title';
import { analyze } from './analysis-step';
import type { DeploymentRun } from './deployment-run';
import type { Place } from './place';
import { StepRefused } from './step-refused';
import type { Wave } from './wave';

/** The way up in one place: one step after the other, as the plan has them. Throws when the release must go back. */
export async function climb(run: DeploymentRun, wave: Wave, place: Place): Promise<void> {
  for (const [index, step] of place.input.plan.steps.entries()) {
    await untilResumed(run);
    await run.view.during(place, index, () => perform(run, wave, place, step, index));
  }
}

export async function untilResumed(run: DeploymentRun): Promise<void> {
  if (!run.view.paused) return;
  run.view.set(Phase.running, 'paused: the next step waits until somebody resumes');
  await condition(() => !run.view.paused);
}

async function perform(
  run: DeploymentRun,
  wave: Wave,
  place: Place,
  step: DeploymentStep,
  index: number,
): Promise<void> {
  const { stable } = place.home;
  switch (step.kind) {
    case 'prepare': {
      if (step.rolling) await untilNotFrozen(run, place, step);
      const state = await place.executor.prepare(place.candidate, step.replicas, step.rolling);
      for (const { kind, name, from } of state.adopted ?? []) {
        const owners = from.map(({ manager }) => manager).join(', ') || 'nobody';
        const message = place.says(`${kind} ${name} was taken over from ${owners}`);
        run.trail.note({ action: 'object.adopted', stage: run.input.stage, message, details: { from } });
      }
      const share = state.weights.find(({ release }) => release === run.input.release)?.weight;
      if (step.rolling) shifted(run, place, share ?? 0);
      return;
    }
    case 'weight':
      await untilNotFrozen(run, place, step);
      // From here on the candidate may have traffic, whether the answer comes or not.
      place.shiftedAt ??= new Date().toISOString();
      await place.executor.shift(place.candidate, step.weight, stable);
      return shifted(run, place, step.weight);
    case 'pause':
      return pause(run, wave, step.durationSeconds, index);
    case 'analyze':
      return analyze(run, place, step.analysis, String(index));
    case 'approve':
      return wave.once(index, () => approve(run, wave, place, step.gate));
    case 'promote':
      await place.executor.promote(place.candidate);
      return;
    case 'retire':
      return retire(run, place, step.afterSeconds, stable);
  }
}

function shifted(run: DeploymentRun, place: Place, weight: number): void {
  place.shifted(weight);
  run.view.changed();
}

/** Windows may have opened while the release waited in a queue or at a gate. */
async function untilNotFrozen(run: DeploymentRun, place: Place, step: DeploymentStep): Promise<void> {
  const held = await run.lease.untilNotFrozen();
  if (held) run.view.set(Phase.running, place.says(stepTitle(step)));
}

async function pause(run: DeploymentRun, wave: Wave, durationSeconds: number | null, index: number): Promise<void> {
  if (durationSeconds !== null) return sleep(durationSeconds * 1000, { summary: 'pause' });
  return wave.once(index, async () => {
    run.view.paused = true;
    run.view.changed();
    await condition(() => !run.view.paused);
  });
}

async function approve(run: DeploymentRun, wave: Wave, place: Place, gate: ApprovalGatePlan): Promise<void> {
  const { release, plan } = run.input;
  const where = wave.title === null ? plan.environment : `${plan.environment}, ${wave.title}`;
  const outcome = await run.ask(gate, `${release} at ${place.weight}% in ${where}`);
  if (outcome.state !== 'approved') throw new StepRefused(`${gate.name} ${outcome.state}: ${outcome.reason}`);
}

/** The candidate serves by now: an old release that cannot be stopped is no reason to take a good one back. */
async function retire(
  run: DeploymentRun,
  place: Place,
  afterSeconds: number,
  stable: DeployedRelease | null,
): Promise<void> {
  if (!stable || stable.release === run.input.release) return;
  if (afterSeconds > 0) await sleep(afterSeconds * 1000, { summary: `${stable.release} stays ready to take over` });
  try {
    await place.executor.retire(stable);
  } catch (error) {
    if (isCancellation(error)) throw error;
    const message = place.says(`${stable.release} could not be retired and gets no traffic: ${rootMessage(error)}`);
    run.trail.note({ action: 'retire.failed', stage: run.input.stage, message });
  }
}
