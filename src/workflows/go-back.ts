import { condition } from '@temporalio/workflow';
import type { TrafficState } from '../contracts/activities';
import { rootMessage } from '../contracts/errors';
import { Phase } from '../contracts/phases';
import { isProtectedBranch } from '../contracts/protected-branch';
import type { DeployedRelease } from '../contracts/status';
import type { DeploymentOutcome } from '../contracts/workflows';
import type { ApprovalGatePlan } from '../definition/release-plan';
import { alarm } from './alarm';
import type { DeploymentRun } from './deployment-run';
import { type GoneBack, settle, type WayBack } from './gone-back';
import type { Place } from './place';

/** A region whose cluster hangs holds up the way back of the waves before it no longer than this. */
const headStart = '15 s';

/**
 * The way back, in every place that was touched: the stable release is made ready before it gets traffic, then gets all
 * of it, then the candidate goes. No approval, freeze or channel can hold it up. Ends verified, or says precisely what
 * serves.
 */
export async function goBack(run: DeploymentRun, way: WayBack): Promise<DeploymentOutcome> {
  const decidedAt = new Date().toISOString();
  const { release, plan } = run.input;
  const touched = run.places.filter((place) => place.touched);
  const homes = [...new Set(touched.map(({ home }) => home.stable?.release ?? 'nothing'))].join(' and ');
  run.view.set(Phase.running, `rolling back to ${homes}: ${way.reason}`);
  run.trail.note({
    action: 'rollback.decided',
    stage: run.input.stage,
    message: `back to ${homes}: ${way.reason}`,
  });
  const title = `${release} goes back in ${plan.environment}`;
  if (
    !alarm(run.announcer, run.input, {
      name: 'ReleaseRolledBack',
      severity: 'critical',
      summary: `${title}: ${way.reason}`,
    })
  ) {
    run.announcer.tell('rollback.started', title, way.reason);
  }

  const ends = await newestFirst(touched, (place) => returnPlace(run, place, way));
  return settle(run, way, decidedAt, await keepTheStuck(run, way, ends));
}

/** The newest wave begins, all of its places at once; the one before it follows when it is back. */
async function newestFirst(
  places: readonly Place[],
  back: (place: Place) => Promise<GoneBack>,
): Promise<readonly GoneBack[]> {
  const waves = [...new Set(places.map(({ wave }) => wave))].sort((a, b) => b - a);
  const all: Promise<GoneBack>[] = [];
  for (const wave of waves) {
    const ends = places.filter((place) => place.wave === wave).map(back);
    all.push(...ends);
    if (wave === waves.at(-1)) break;
    let isBack = false;
    void Promise.all(ends).then(() => {
      isBack = true;
    });
    await condition(() => isBack, headStart, { summary: `wave ${wave + 1} goes back` });
  }
  return Promise.all(all);
}

/** Never throws: what could not be done is in its answer. */
async function returnPlace(run: DeploymentRun, place: Place, way: WayBack): Promise<GoneBack> {
  const { stable, lastVerified } = place.home;
  place.set(Phase.running, `goes back: ${way.reason}`);
  place.executor.goesBack = true;
  const further = lastVerified && lastVerified.release !== stable?.release ? lastVerified : null;
  const end = (await returnTo(run, place, stable)) ?? (await returnTo(run, place, further));
  if (end) return end;
  if (stable) return { state: 'stuck', place, traffic: null };
  // The first release of a place has nothing to go back to: it is taken out, and nothing serves but what others had there.
  const traffic = await place.executor.withdraw(place.candidate).catch(() => describe(place));
  return { state: 'withdrawn', place, traffic };
}

/** Null: that release could not be brought back. */
async function returnTo(run: DeploymentRun, place: Place, home: DeployedRelease | null): Promise<GoneBack | null> {
  if (!home) return null;
  const { executor, candidate } = place;
  let trafficBackAt: string;
  let asked: string | null;
  try {
    asked = await bringBack(run, place, home);
    place.weight = 0;
    trafficBackAt = new Date().toISOString();
    await executor.promote(home);
    place.stableRelease = home.release;
  } catch (error) {
    run.trail.note({
      action: 'rollback.blocked',
      stage: run.input.stage,
      message: place.says(`${home.release} cannot serve: ${rootMessage(error)}`),
    });
    return null;
  }
  const left = await executor.retire(candidate).then(
    () => null,
    (error) => `${candidate.release} could not be retired and gets no traffic: ${rootMessage(error)}`,
  );
  const remarks = [asked, left].filter((one) => one !== null);
  return { state: 'back', place, serving: home, trafficBackAt, remarks };
}

/**
 * A repository that takes nothing but what people have merged is no reason to stay: they are told, loudly, and it comes
 * back as soon as they have. Answers with that as a sentence; null: nobody had to do anything.
 */
async function bringBack(run: DeploymentRun, place: Place, home: DeployedRelease): Promise<string | null> {
  const { executor, candidate } = place;
  try {
    await executor.bringBack(home, candidate);
    return null;
  } catch (error) {
    if (!isProtectedBranch(error)) throw error;
    const { input } = run;
    const why = rootMessage(error);
    const message = place.says(`${home.release} is not back before people merge its pull request: ${why}`);
    run.trail.note({ action: 'rollback.needs_people', stage: input.stage, message });
    run.announcer.tell('alert', `${input.release} in ${input.plan.environment} waits for people to go back`, message);
    run.view.set(Phase.running, message);
    await executor.bringBack(home, candidate, 'by_request');
    return `people had to merge its pull request: ${why}`;
  }
}

/** Stable is broken too: people choose to keep the candidate, or it is left as it is; with a deadline either way. */
async function keepTheStuck(run: DeploymentRun, way: WayBack, ends: readonly GoneBack[]): Promise<readonly GoneBack[]> {
  const stuck = ends.flatMap(({ state, place }) => (state === 'stuck' ? [place] : []));
  if (stuck.length === 0) return ends;
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
  const regions = stuck.flatMap(({ region }) => region ?? []).join(', ');
  const where = regions === '' ? '' : ` in ${regions}`;
  const question = `the releases before ${release} cannot serve${where}: keep ${release} (${way.reason})?`;
  const outcome = await run.ask(gate, question);
  const by = outcome.state === 'approved' ? outcome.by : null;
  return Promise.all(ends.map((end) => (end.state === 'stuck' ? keep(run, end.place, by) : end)));
}

/** @param by who said so; null: nobody did */
async function keep(run: DeploymentRun, place: Place, by: readonly string[] | null): Promise<GoneBack> {
  const { executor, candidate } = place;
  if (by) {
    try {
      await executor.bringBack(candidate, null);
      await executor.promote(candidate);
      return { state: 'kept', place, by };
    } catch (error) {
      run.trail.note({ action: 'forward.failed', message: place.says(rootMessage(error)) });
    }
  }
  return { state: 'stuck', place, traffic: await describe(place) };
}

function describe(place: Place): Promise<TrafficState | null> {
  return place.executor.describe(place.input.app.name).catch(() => null);
}
