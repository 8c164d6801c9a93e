import { failure } from '../../../contracts/errors';
import { annotation, canaryServiceOf, label, ownerLabels } from './names';
import { canaryOf, type Deployed, pinOf } from './observed';
import { findRouter } from './routers/find';
import type { Router } from './routers/port';
import { pinnedTo, setPin, switchTo, unpinned, untilEndpoints } from './service-switch';
import type { Session } from './session';
import type { Service } from './watched-namespace';
import { autoscalerOf, ensureReplicas, ensureRunning, scale, type WorkloadOptions } from './workload';

export interface Shares {
  readonly release: string;
  /** 0..100 */
  readonly weight: number;
  readonly otherRelease: string | null;
}

/** Gives a release its share and the rest to the other one; see the port. */
export async function shift(session: Session, shares: Shares, options: WorkloadOptions): Promise<void> {
  const target = known(session, shares.release);
  const other = otherOf(session, target, shares.otherRelease);
  if (shares.weight === 100 || (shares.weight > 0 && !other)) return giveAll(session, target, options);
  if (shares.weight === 0) return other ? giveAll(session, other, options) : undefined;
  if (other) await split(session, { target, other, weight: shares.weight }, options);
}

/** All of the traffic by one switch of the Service's selector; a router has nothing to do with it any more. */
export async function giveAll(session: Session, target: Deployed, options: WorkloadOptions): Promise<void> {
  const { view } = session;
  await ensureRunning(session, target, options);
  await ensureReplicas(session, target, autoscaledReplicas(session, target, 100), options);
  const [only, second] = view.serving;
  const isAlone = only?.name === target.name && !second && view.service !== null && canaryOf(view.service) === null;
  if (!isAlone) await switchTo(session, target, options.deadlineSeconds, { canary: null });
  const router = view.canaryService ? await findRouter(session) : null;
  if (router && router.share() > 0) await router.setShare(session, 0);
}

interface Split {
  readonly target: Deployed;
  readonly other: Deployed;
  readonly weight: number;
}

async function split(session: Session, parts: Split, options: WorkloadOptions): Promise<void> {
  const { target, other, weight } = parts;
  if (session.settings.router === 'service') {
    throw failure(
      'InvalidInput',
      `cluster "${session.cluster}" has router service, which gives all of the traffic or none: ${weight}% needs another router`,
    );
  }
  await ensureRunning(session, other, options);
  await ensureRunning(session, target, options);
  await ensureReplicas(session, target, autoscaledReplicas(session, other, weight), options);
  const router = await findRouter(session);
  if (router) await splitByRouter(session, router, parts, options);
  else await splitByReplicas(session, parts, options);
}

/** The candidate has a Service of its own; the router weighs the two. */
async function splitByRouter(
  session: Session,
  router: Router,
  { target, other, weight }: Split,
  options: WorkloadOptions,
) {
  const { view } = session;
  const { service } = view;
  if (!service) throw missingService(session);
  if (pinOf(service) !== other.name) await switchTo(session, other, options.deadlineSeconds, { canary: null });
  const live = view.canaryService;
  const wanted = { ...view.selector, [label.workload]: target.name };
  if (live?.spec?.selector?.[label.workload] !== target.name) {
    const written = await session.apply(canaryService(session, service, wanted), live, true);
    await session.seen(session.watched.services, written);
  }
  await untilEndpoints(session, canaryServiceOf(session.service), [target.name], options.deadlineSeconds);
  await router.setShare(session, weight);
}

function canaryService(session: Session, { spec }: Service, selector: Record<string, string>): Service {
  const ports = (spec?.ports ?? []).map(({ nodePort: _, ...port }) => port);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: canaryServiceOf(session.service), labels: ownerLabels(session.ref) },
    spec: { type: 'ClusterIP', ports, selector },
  } as Service;
}

/**
 * Without a router each pod gets the same: the ratio of replicas comes as near to the share as it can. The candidate gets
 * its part first, and only then the other side gives up replicas; never its last one.
 */
async function splitByReplicas(session: Session, { target, other, weight }: Split, options: WorkloadOptions) {
  const { view } = session;
  const third = view.deployed.find(({ name, desired }) => desired > 0 && name !== target.name && name !== other.name);
  if (third) {
    throw failure(
      'Conflict',
      `Deployment ${third.name} (${third.release}) still runs, and would get a part of the traffic: retire it first`,
    );
  }
  const declared = canaryOf(view.service);
  const stableReplicas = declared?.stableReplicas ?? other.desired;
  const candidate = view.named(target.name)?.desired ?? target.desired;
  await setPin(session, unpinned(view.selector), { canary: { release: target.release, weight, stableReplicas } });
  await untilEndpoints(session, session.service, [target.name, other.name], options.deadlineSeconds);
  if (autoscalerOf(session, other.name)) return;
  await scale(session, other.name, stableReplicasFor(candidate, weight, stableReplicas));
}

/** As many as make the candidate's share of all replicas the one that is asked for; at least one, at most what there were. */
export function stableReplicasFor(candidate: number, weight: number, stableReplicas: number): number {
  return Math.min(stableReplicas, Math.max(1, Math.round((candidate * (100 - weight)) / weight)));
}

/** What an autoscaler has found to be needed for all of the traffic, for a share of it; 0: there is none. */
function autoscaledReplicas(session: Session, target: Deployed, weight: number): number {
  const scaled = session.view.serving.find(({ name }) => autoscalerOf(session, name) !== null && name !== target.name);
  const side = scaled ?? (autoscalerOf(session, target.name) ? target : null);
  return side ? Math.ceil((side.desired * weight) / 100) : 0;
}

function known(session: Session, release: string): Deployed {
  const found = session.view.ofRelease(release);
  if (found) return found;
  const there = session.view.deployed.map((one) => one.release).join(', ') || 'none';
  throw failure(
    'NotFound',
    `release ${release} has no Deployment in namespace ${session.watched.namespace} (there are: ${there}): prepare it first`,
  );
}

/** Whoever serves beside it, also where nobody has told us of it: what was there before us is not cut off. */
function otherOf(session: Session, target: Deployed, release: string | null): Deployed | null {
  const { view } = session;
  const named = release === null ? null : view.ofRelease(release);
  const stable = view.service?.metadata?.annotations?.[annotation.stable];
  const found =
    named ?? view.serving.find(({ name }) => name !== target.name) ?? (stable ? view.ofRelease(stable) : null);
  return found && found.name !== target.name ? found : null;
}

function missingService(session: Session) {
  return failure(
    'NotFound',
    `there is no Service ${session.service} in namespace ${session.watched.namespace}: prepare the release first`,
  );
}

export function pinOfServing(session: Session, target: Deployed) {
  const { service } = session.view;
  return service && pinOf(service) === null ? unpinned(session.view.selector) : pinnedTo(session, target);
}
