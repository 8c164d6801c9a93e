import { performance } from 'node:perf_hooks';
import type { ReleaseStatus } from '../../activities/deploy/local-protocol';
import { failure } from '../../contracts/errors';
import type { Replica } from './replica';
import type { ReleaseState } from './state';

/** How long a release of which some replicas are ready holds up its traffic for those that still start. */
const partialWaitSeconds = 10;

/** What is so with a release. */
export function releaseStatus(
  release: ReleaseState,
  replicas: readonly Replica[],
  silentSeconds: number,
): ReleaseStatus {
  const current = replicas.filter(({ generation, phase }) => generation === release.generation && phase !== 'leaving');
  const hopeless = current.find((replica) => replica.hopeless && replica.phase !== 'ready');
  const troubled = hopeless ?? current.find(({ phase }) => phase !== 'ready');
  return {
    release: release.release,
    digest: release.digest,
    desired: release.desired,
    ready: current.filter(({ phase }) => phase === 'ready').length,
    // By what ended it: the next start may be under way, which has nothing to say yet.
    failure: hopeless
      ? `release ${release.release} does not stay up: ${describeTrouble(hopeless, hopeless.ending)}`
      : null,
    problem: troubled ? describeTrouble(troubled) : null,
    silentSeconds,
    replicas: replicas.map(({ id, pid, url, phase, restarts }) => ({ id, pid, url, phase, restarts })),
  };
}

/**
 * What traffic for the release has to wait for; null when it can come. Replicas that crash do not hold it up while
 * others are ready, and those that start hold it up for a while only: a rollback must not wait for the last one.
 * Throws `CommandFailed` when none is ready, and none will be.
 */
export function trafficWaitsFor(status: ReleaseStatus, startSeconds: number): string | null {
  const { release, ready, desired, silentSeconds } = status;
  const starting = status.replicas.filter(({ phase }) => phase !== 'leaving').length < desired || hasStarting(status);
  if (ready >= desired || (ready > 0 && (!starting || silentSeconds > partialWaitSeconds))) return null;
  if (status.failure !== null && ready === 0) throw failure('CommandFailed', status.failure);
  if (silentSeconds > startSeconds) {
    throw failure('CommandFailed', `${release} is not ready after ${startSeconds} s. ${status.problem ?? ''}`.trim());
  }
  return `${release}: ${ready} of ${desired} replicas ready`;
}

function hasStarting({ replicas }: ReleaseStatus): boolean {
  return replicas.some(({ phase }) => phase === 'starting');
}

function describeTrouble(replica: Replica, problem = replica.problem): string {
  const tail = replica.logTail();
  const restarts = replica.restarts === 0 ? '' : ` (started ${replica.restarts + 1} times)`;
  return `its process ${problem ?? replica.phase}${restarts}; ${tail === '' ? 'it logged nothing' : `its last lines:\n${tail}`}`;
}

/** When each release last changed how many of its replicas are ready, or what is asked of it. */
export class Progress {
  private readonly since = performance.now();
  private readonly seen = new Map<string, { readonly ready: number; readonly at: number }>();

  /** By a clock that nobody can set. */
  silentSeconds(release: string): number {
    return (performance.now() - (this.seen.get(release)?.at ?? this.since)) / 1000;
  }

  note(release: string, ready: number): void {
    if (this.seen.get(release)?.ready !== ready) this.restart(release, ready);
  }

  restart(release: string, ready = 0): void {
    this.seen.set(release, { ready, at: performance.now() });
  }
}
