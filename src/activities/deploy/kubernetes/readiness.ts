import { failure } from '../../../contracts/errors';
import { label, labelValue, slugOf } from './names';
import { type Deployed, isReady, isRolling } from './observed';
import { FaultWatch, faultText, type WorkloadFault, workloadFault } from './pod-faults';
import type { Session } from './session';
import { done, type Look, until, waiting } from './wait';
import type { Pod } from './watched-namespace';

export interface Readiness {
  /** Of the Deployment. */
  readonly name: string;
  readonly release: string;
  readonly replicas: number;
  readonly deadlineSeconds: number;
  /** How long pods may wait for a node. */
  readonly unschedulableSeconds: number;
  /** So many ready pods do for now, whatever its controllers still do; all of them have to be of the release. */
  readonly enough?: number;
  /**
   * Whether a pod is of the release; those of the one before may be broken, and go.
   * @default by the label of our pods
   */
  readonly isOwn?: (pod: Pod) => boolean;
}

type Outcome = { readonly ready: true } | { readonly ready: false; readonly fault: WorkloadFault };

/**
 * Waits until the Deployment has its replicas, all of its newest template and all ready. Ends early, with the reason, the
 * last events and the last log lines, when its pods will not become ready.
 */
export async function untilReady(session: Session, readiness: Readiness): Promise<void> {
  const { name, deadlineSeconds, unschedulableSeconds, isOwn = isLabelled(readiness.release) } = readiness;
  const watch = new FaultWatch();
  const outcome = await until<Outcome>(session.watched, session.waitFor(deadlineSeconds), () => {
    const found = session.view.named(name);
    if (!found) throw failure('Conflict', `Deployment ${name} was deleted while it was being prepared`);
    const look = rolledOut(found, readiness);
    const all = session.view.podsOf(found);
    if (look.done || isEnough(all, isOwn, readiness.enough)) return done({ ready: true });
    const pods = all.filter((pod) => !isReady(pod) && isOwn(pod));
    const fault = watch.lasting(workloadFault(found.deployment, pods, unschedulableSeconds));
    return fault ? done({ ready: false, fault }) : look;
  });
  if (outcome.ready) return;
  throw failure('CommandFailed', await faultText(session.api, outcome.fault));
}

/** Of what is rolled in place, the pods of before still get a share of the traffic. */
function isEnough(pods: readonly Pod[], isOwn: (pod: Pod) => boolean, enough = Number.POSITIVE_INFINITY): boolean {
  return pods.every(isOwn) && pods.filter(isReady).length >= enough;
}

/** Pods without the label were there before us, and are what was taken over. */
function isLabelled(release: string): (pod: Pod) => boolean {
  const slug = labelValue(slugOf(release));
  return ({ metadata }) => (metadata?.labels?.[label.release] ?? slug) === slug;
}

function rolledOut({ deployment, release }: Deployed, { name, replicas, release: wanted }: Readiness): Look<Outcome> {
  if (release !== wanted) {
    throw failure('Conflict', `Deployment ${name} has release ${release} now: somebody else deploys there too`);
  }
  const { status, spec, metadata } = deployment;
  const desired = spec?.replicas ?? 1;
  const { updatedReplicas = 0, availableReplicas = 0, readyReplicas = 0, replicas: running = 0 } = status ?? {};
  const isThere = !isRolling(deployment) && availableReplicas >= Math.min(desired, replicas) && desired > 0;
  if (isThere) return done({ ready: true });
  return waiting(
    `${release}: ${Math.min(updatedReplicas, availableReplicas)} of ${desired} replicas ready`,
    [
      metadata?.generation,
      status?.observedGeneration,
      updatedReplicas,
      availableReplicas,
      readyReplicas,
      running,
    ].join(),
  );
}
