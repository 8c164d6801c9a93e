import type { PrepareInput, ReleaseRef } from '../../../contracts/activities';
import { errorCodeOf, failure } from '../../../contracts/errors';
import { annotation, label, ownerLabels } from '../kubernetes/names';
import { untilReady } from '../kubernetes/readiness';
import type { Session } from '../kubernetes/session';
import { done, until, waiting } from '../kubernetes/wait';
import type { Deployment } from '../kubernetes/watched-namespace';
import { deploymentKey, type WorkloadOptions } from '../kubernetes/workload';
import { imagesText, isOf, releaseOf, runs } from './observed';

/** Waits until the reader has brought the digest to the Deployment. `said` tells what the repository says by then. */
export async function untilSynced(
  session: Session,
  { digest, progressDeadlineSeconds }: Pick<PrepareInput, 'digest' | 'progressDeadlineSeconds'>,
  commit: string,
  said: () => Promise<string>,
): Promise<void> {
  const { watched, plan } = session;
  const look = () => watched.deployments.get(plan.workload);
  const running = (found: Deployment | null) =>
    found ? `Deployment ${plan.workload} runs ${imagesText(found)}` : `there is no Deployment ${plan.workload}`;
  try {
    await until(watched, session.waitFor(progressDeadlineSeconds), () => {
      const found = look();
      if (found) session.assertFree(found);
      return found && runs(found, digest)
        ? done(null)
        : waiting(`${running(found)}; waiting for the cluster's reader to bring commit ${commit} to it`);
    });
  } catch (error) {
    if (errorCodeOf(error) !== 'CommandFailed') throw error;
    throw failure(
      'CommandFailed',
      `${running(look())} in namespace ${watched.namespace} of cluster "${session.cluster}", and ${await said()}: for ${progressDeadlineSeconds} s its reader (Argo CD, Flux) has not brought that there. Does it run, and does it follow this branch and path?`,
      { cause: error },
    );
  }
}

/**
 * Marks the reader's Deployment with the release: only in its metadata and by fields that no manifest has, which readers
 * leave alone. What runs there has no other place for the name of a release.
 */
export async function mark(session: Session, ref: ReleaseRef): Promise<void> {
  const { watched, plan } = session;
  const owner = ownerLabels(ref);
  const labels = { [label.app]: owner[label.app], [label.environment]: owner[label.environment] };
  await session.patch<Deployment>(deploymentKey(plan.workload), watched.deployments, (live) => {
    const told = live.metadata?.annotations ?? {};
    const isMarked = told[annotation.release] === ref.release && told[annotation.digest] === ref.digest;
    if (isMarked && session.isOurs(withManager(live, owner))) return null;
    const deployed = session.view.named(plan.workload);
    const before = told[annotation.release] ?? (deployed ? releaseOf(deployed) : null);
    const previous = before === ref.release ? (told[annotation.previous] ?? null) : before;
    const annotations = {
      [annotation.release]: ref.release,
      [annotation.digest]: ref.digest,
      [annotation.run]: runOf(ref),
      [annotation.previous]: previous,
    };
    return { metadata: { labels, annotations } };
  });
}

export async function markStable(session: Session, release: string): Promise<void> {
  await session.patch<Deployment>(deploymentKey(session.plan.workload), session.watched.deployments, ({ metadata }) =>
    metadata?.annotations?.[annotation.stable] === release
      ? null
      : { metadata: { annotations: { [annotation.stable]: release } } },
  );
}

/** Waits until all replicas are of the digest and ready. Throws when somebody has brought another one there meanwhile. */
export async function untilServing(session: Session, ref: ReleaseRef, options: WorkloadOptions): Promise<void> {
  const name = session.plan.workload;
  assertRuns(session, ref);
  const replicas = session.view.named(name)?.desired ?? 1;
  await untilReady(session, {
    name,
    release: ref.release,
    replicas,
    ...options,
    isOwn: ({ spec }) => isOf(spec, ref.digest),
  });
  assertRuns(session, ref);
}

function assertRuns(session: Session, { release, digest }: ReleaseRef): void {
  const { workload } = session.plan;
  const found = session.watched.deployments.get(workload);
  if (found && runs(found, digest)) return;
  const there = found ? `Deployment ${workload} runs ${imagesText(found)}` : `there is no Deployment ${workload}`;
  throw failure(
    'Conflict',
    `${there}, and not release ${release} (${digest}): somebody else has changed it, in the repository or by hand`,
  );
}

/** The label of who manages an object is the reader's own. */
function withManager(live: Deployment, owner: Readonly<Record<string, string | undefined>>): Deployment {
  const labels = { ...live.metadata?.labels, [label.managedBy]: owner[label.managedBy] ?? '' };
  return { ...live, metadata: { ...live.metadata, labels } };
}

/** `deployment/...` of the key: the workflow that wants it so. The key ends with `/<run>/<step>`. */
export function runOf({ key }: ReleaseRef): string {
  return key.split('/').slice(0, -2).join('/');
}
