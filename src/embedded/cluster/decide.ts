import type { ReplicaPhase } from '../../activities/deploy/local-protocol';
import type { AppState, ReleaseState } from './state';

// What is wanted against what runs: pure, so that every order of events can be tried.

export interface ReplicaView {
  readonly id: string;
  readonly release: string;
  readonly generation: string;
  readonly phase: ReplicaPhase;
}

export type Action =
  | { readonly kind: 'start'; readonly release: ReleaseState }
  /** Out of the rotation, then stopped when its running requests are done. */
  | { readonly kind: 'drain'; readonly id: string };

type Weights = AppState['weights'];

/** The order in which surplus replicas go: the one that serves best goes last. */
const worstFirst: readonly ReplicaPhase[] = ['backoff', 'starting', 'unhealthy', 'ready'];

/** What to start and what to stop so that each release has the replicas that it shall have. */
export function actionsFor(app: AppState, replicas: readonly ReplicaView[]): readonly Action[] {
  const live = replicas.filter(({ phase }) => phase !== 'leaving');
  const known = new Set(app.releases.map(({ release }) => release));
  const unknown = live.filter(({ release }) => !known.has(release));
  return [...unknown.map(drain), ...app.releases.flatMap((release) => actionsForRelease(release, live))];
}

function actionsForRelease(release: ReleaseState, live: readonly ReplicaView[]): readonly Action[] {
  const mine = live.filter((replica) => replica.release === release.release);
  const current = mine.filter(({ generation }) => generation === release.generation);
  const outdated = mine.filter(({ generation }) => generation !== release.generation);
  const starts = Array.from({ length: Math.max(0, release.desired - current.length) }, (): Action => {
    return { kind: 'start', release };
  });
  const surplus = current
    .toSorted((a, b) => worstFirst.indexOf(a.phase) - worstFirst.indexOf(b.phase))
    .slice(0, Math.max(0, current.length - release.desired));
  // Those with old settings serve until the new ones can.
  const replaced = countReady(current) >= release.desired ? outdated : [];
  return [...starts, ...surplus.map(drain), ...replaced.map(drain)];
}

function drain({ id }: ReplicaView): Action {
  return { kind: 'drain', id };
}

function countReady(replicas: readonly ReplicaView[]): number {
  return replicas.filter(({ phase }) => phase === 'ready').length;
}

/**
 * The next step of a rolling update: with each replica of the new release that is ready one more is started, one of the
 * old ones goes, and the weights follow. There are never fewer ready replicas than before, and at most one too many.
 * Answers the same state when there is nothing to do.
 */
export function advanceRolling(app: AppState, replicas: readonly ReplicaView[]): AppState {
  const target = app.releases.find(({ release }) => release === app.rollingTo);
  if (target === undefined) return app;
  const readyOf = ({ release, generation }: ReleaseState): number =>
    countReady(replicas.filter((replica) => replica.release === release && replica.generation === generation));
  const ready = readyOf(target);
  const done = ready >= target.replicas;
  let room = Math.max(0, target.replicas - ready);

  const serving = new Map<string, number>(ready > 0 ? [[target.release, ready]] : []);
  const releases = app.releases.map((release): ReleaseState => {
    if (release === target) {
      return { ...release, desired: Math.max(release.desired, Math.min(release.replicas, ready + 1)) };
    }
    const takesPart = app.stable === release.release || app.weights.some((one) => one.release === release.release);
    if (!takesPart || ready === 0) return release;
    const desired = Math.min(release.desired, room);
    room -= desired;
    const left = Math.min(readyOf(release), desired);
    if (left > 0) serving.set(release.release, left);
    return { ...release, desired };
  });
  const weights = ready > 0 ? sharesOf(serving) : app.weights;
  const next: AppState = { ...app, releases, weights, rollingTo: done ? null : app.rollingTo };
  return JSON.stringify(next) === JSON.stringify(app) ? app : next;
}

/** Shares in whole percent that sum to 100, as near to `parts` as can be; empty for no parts. */
export function sharesOf(parts: ReadonlyMap<string, number>): Weights {
  const total = [...parts.values()].reduce((sum, part) => sum + part, 0);
  if (total <= 0) return [];
  const exact = [...parts].map(([release, part]) => ({ release, share: (part / total) * 100 }));
  const weights = exact.map(({ release, share }) => ({ release, weight: Math.floor(share), rest: share % 1 }));
  let missing = 100 - weights.reduce((sum, { weight }) => sum + weight, 0);
  for (const weight of weights.toSorted((a, b) => b.rest - a.rest)) {
    if (missing <= 0) break;
    weight.weight += 1;
    missing -= 1;
  }
  return weights.filter(({ weight }) => weight > 0).map(({ release, weight }) => ({ release, weight }));
}
