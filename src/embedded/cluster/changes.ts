import { createHash } from 'node:crypto';
import type { PrepareRequest, ShiftRequest } from '../../activities/deploy/local-protocol';
import { failure } from '../../contracts/errors';
import { sharesOf } from './decide';
import type { AppState, ReleaseState } from './state';

// What each command makes of the state of an app: pure. What is so already stays as it is.

/** Retired releases that are remembered, so that a rollback can start them again. */
const rememberedReleases = 10;

export function findRelease(app: AppState, name: string): ReleaseState | undefined {
  return app.releases.find(({ release }) => release === name);
}

/** Throws `Conflict` when the release runs with another content. */
export function prepared(app: AppState, request: PrepareRequest): AppState {
  const { release, digest, folder, start, healthPath, env, replicas, rolling } = request;
  const known = findRelease(app, release);
  if (known && known.digest !== digest && known.desired > 0) {
    throw failure(
      'Conflict',
      `release ${release} runs already with the content ${known.digest}, not ${digest}; give the new content a new version`,
    );
  }
  const wanted: ReleaseState = {
    release,
    digest,
    folder,
    start,
    healthPath,
    env,
    startSeconds: request.progressDeadlineSeconds,
    generation: generationOf(request),
    replicas,
    // The first of a rolling update; the others follow when it is ready.
    desired: rolling ? Math.min(Math.max(known?.desired ?? 0, 1), replicas) : replicas,
  };
  // A rolling update goes on beside a release that has no part in it.
  const goesOn = app.rollingTo !== release && !app.weights.some((one) => one.release === release);
  return {
    ...app,
    drainSeconds: request.settings.drainSeconds,
    releases: [...app.releases.filter((one) => one !== known), wanted],
    rollingTo: rolling ? release : goesOn ? app.rollingTo : null,
  };
}

/** The weights that are asked for; none is 0. */
export function weightsFor({ release, weight, otherRelease }: ShiftRequest): AppState['weights'] {
  // With nothing beside it, any share is all of it.
  const share = otherRelease === null && weight > 0 ? 100 : weight;
  const weights = [{ release, weight: share }];
  if (otherRelease !== null && otherRelease !== release) weights.push({ release: otherRelease, weight: 100 - share });
  return weights.filter((one) => one.weight > 0);
}

/** All replicas that were asked for: of one that was stopped, or is only rolled in so far. */
export function raised(app: AppState, names: readonly string[]): AppState {
  const low = app.releases.filter((one) => names.includes(one.release) && one.desired < one.replicas);
  if (low.length === 0) return app;
  const releases = app.releases.map((one) => (low.includes(one) ? { ...one, desired: one.replicas } : one));
  return { ...app, releases, rollingTo: null };
}

/** What it had of the traffic goes to the others; the oldest of the retired ones are forgotten. */
export function retired(app: AppState, name: string): AppState {
  const known = findRelease(app, name);
  if (known === undefined || known.desired === 0) return app;
  const left = app.weights.filter(({ release }) => release !== name);
  const stopped = app.releases.filter((one) => one.desired === 0);
  const forgotten = stopped.slice(0, Math.max(0, stopped.length + 1 - rememberedReleases));
  const kept = app.releases.filter((one) => one !== known && !forgotten.includes(one));
  return {
    ...app,
    stable: app.stable === name ? null : app.stable,
    rollingTo: app.rollingTo === name ? null : app.rollingTo,
    weights: sharesOf(new Map(left.map(({ release, weight }) => [release, weight]))),
    releases: [...kept, { ...known, desired: 0 }],
  };
}

function generationOf({ digest, start, healthPath, env }: PrepareRequest): string {
  const sorted = Object.entries(env).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([digest, start, healthPath, sorted]);
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
