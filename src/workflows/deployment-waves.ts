import { ActivityFailure, isCancellation, sleep, TimeoutFailure } from '@temporalio/workflow';
import { errorCodeOf, rootMessage } from '../contracts/errors';
import { Phase } from '../contracts/phases';
import type { UnreachablePlan } from '../definition/release-plan';
import { analyze } from './analysis-step';
import type { DeploymentRun } from './deployment-run';
import { climb, untilResumed } from './deployment-steps';
import type { Place } from './place';
import { sideBySide } from './side-by-side';
import { StepRefused } from './step-refused';
import type { Wave } from './wave';

/** The way up: one wave after the other, in each as many places at once as it allows. Throws when the release must go back. */
export async function climbWaves(run: DeploymentRun): Promise<void> {
  for (const wave of run.waves) {
    await sideBySide(wave.places, wave.maxParallel, (place) => takeTurn(run, wave, place));
    await soak(run, wave);
  }
  if (run.reached.length > 0) return;
  throw new StepRefused(
    `no region could be reached: ${run.places.map((place) => place.says(place.reason)).join('; ')}`,
  );
}

async function takeTurn(run: DeploymentRun, wave: Wave, place: Place): Promise<void> {
  place.set(Phase.running, '');
  try {
    const { unreachable } = run.input.plan;
    if (unreachable && !(await reach(run, place, unreachable))) return;
    await climb(run, wave, place);
    place.set(Phase.succeeded, '');
    place.stableRelease = run.input.release;
  } catch (error) {
    throw failed(place, error);
  }
}

/** What decides to go back says in which region. */
function failed(place: Place, error: unknown): unknown {
  if (place.region === null || isCancellation(error)) return error;
  place.set(Phase.failed, rootMessage(error));
  return new StepRefused(place.says(rootMessage(error)), error instanceof StepRefused ? error.breachedAt : null);
}

/** Asks the region's cluster what serves before anything is changed there. False: it does not answer, and is left out. */
async function reach(run: DeploymentRun, place: Place, { policy, afterSeconds }: UnreachablePlan): Promise<boolean> {
  const { app, plan } = place.input;
  await untilResumed(run);
  run.view.set(Phase.running, place.says(`asks ${plan.cluster.name} what serves`));
  try {
    place.found(await place.executor.describe(app.name, afterSeconds));
    return true;
  } catch (error) {
    if (!isSilence(error)) throw error;
    const message = `${plan.cluster.name} did not answer for ${afterSeconds} s: ${rootMessage(error)}`;
    if (policy !== 'skip') throw new StepRefused(message);
    leaveOut(run, place, message);
    return false;
  }
}

/** A cluster that says no is reached; asking it again would help nobody. */
function isSilence(error: unknown): boolean {
  if (!(error instanceof ActivityFailure) || isCancellation(error)) return false;
  if (error.cause instanceof TimeoutFailure) return true;
  const code = errorCodeOf(error);
  return code === undefined || code === 'Unavailable' || code === 'Timeout' || code === 'RateLimited';
}

function leaveOut(run: DeploymentRun, place: Place, reason: string): void {
  place.set(Phase.skipped, reason);
  run.view.skip(place);
  const message = place.says(`skipped, and left on ${place.stableRelease ?? 'what it has'}: ${reason}`);
  run.trail.note({ action: 'region.skipped', stage: run.input.stage, message });
  run.announcer.tell('alert', `${run.input.release} in ${run.input.plan.environment}`, message);
}

/** The wave is watched before the next one begins; where there is nothing to watch, it is waited. */
async function soak(run: DeploymentRun, wave: Wave): Promise<void> {
  const places = wave.places.filter(({ phase }) => phase === Phase.succeeded);
  const step = wave.soak;
  if (!step || places.length === 0) return;
  await untilResumed(run);
  await run.view.during(wave, 0, async () => {
    if (step.kind === 'pause') return sleep((step.durationSeconds ?? 0) * 1000, { summary: `${wave.title} soaks` });
    await sideBySide(places, places.length, (place) =>
      analyze(run, place, step.analysis, 'soak').catch((error) => Promise.reject(failed(place, error))),
    );
  });
}
