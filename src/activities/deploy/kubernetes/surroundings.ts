import type { PrepareInput } from '../../../contracts/activities';
import { failure } from '../../../contracts/errors';
import { type KubeObject, keyOf } from './api';
import { desiredOther, desiredService } from './desired';
import type { ManifestSet } from './manifest-set';
import { annotation } from './names';
import { canaryOf, type Deployed, isNobodys, matches, pinOf, templateLabels } from './observed';
import { findRouter } from './routers/find';
import { type Pin, pinnedTo, pinnedToNothing, setPin, unpinned } from './service-switch';
import type { Session } from './session';

/** Kinds that say where traffic goes: their weights are the router's while there is a canary. */
export const routing: readonly string[] = ['HTTPRoute', 'VirtualService', 'Ingress'];

/**
 * Everything of a release but its workload: the Service, which keeps its endpoints, and what else the manifests have. Done
 * before there are pods of the release, so that a Service that would select them sends them nothing.
 */
export async function prepareSurroundings(
  session: Session,
  set: ManifestSet,
  input: PrepareInput,
  target: string,
): Promise<void> {
  assertOwnPods(session, set);
  const { view } = session;
  const pin = pinFor(session, set, input, target);
  const live = view.service;
  if (!isApplied(session, set)) {
    for (const object of await otherObjects(session, set, target)) {
      // Not watched.
      await session.apply(object, await session.api.get(keyOf(object)));
    }
    const remembered = { ...kept(live, pin), ...firstStable(session) };
    const written = await session.apply(desiredService(set, input, pin.selector, remembered), live);
    await session.seen(session.watched.services, written);
  } else await setPin(session, pin);
}

/** The surroundings are those of these manifests already. */
export function isApplied(session: Session, set: ManifestSet): boolean {
  const { service } = session.view;
  return annotationOf(service, annotation.manifests) === set.hash && service !== null && session.isOurs(service);
}

/** What is to be applied beside Deployment and Service. */
export async function otherObjects(session: Session, set: ManifestSet, target: string): Promise<readonly KubeObject[]> {
  const others = await withoutRoutesInUse(session, set.others);
  return others.map((object) => desiredOther(retargeted(session, object, target), session.ref));
}

/** Whom the Service sends its traffic to until it is shifted: whoever has it now. */
export function pinFor(
  session: Session,
  set: ManifestSet,
  { rolling }: Pick<PrepareInput, 'rolling'>,
  target: string,
): Pin {
  const live = session.view.service;
  if (!live) return rolling ? unpinned(set.selector) : pinnedToNothing(set.selector);
  const pin = pinOf(live);
  const { serving } = session.view;
  const [only, second] = serving;
  if (pin !== null) {
    const isOldPods = pin === target && session.view.named(pin)?.managed === false;
    // Its pods are replaced by others, which have another hash.
    if (rolling && (isOldPods || annotationOf(live, annotation.pinned) === target)) return unpinned(set.selector);
    return keepPin(session, set, pin);
  }
  // The ratio of their replicas splits the traffic, or it is rolled in place.
  if (canaryOf(live) || rolling || (only && !second && only.name === target)) return unpinned(set.selector);
  if (!only) return pinnedToNothing(set.selector);
  if (!second) return pinnedTo(session, only);
  throw failure(
    'Conflict',
    `Service ${session.service} sends its traffic to the Deployments ${serving.map(({ name }) => name).join(' and ')}: scale down all but the one that shall serve`,
  );
}

/** The same pin, on the selector that the manifests have now. */
function keepPin(session: Session, set: ManifestSet, pin: string): Pin {
  const live = session.view.service?.spec?.selector ?? {};
  const before = session.view.selector;
  const own = Object.fromEntries(Object.entries(live).filter(([name]) => !(name in before)));
  const pinned = session.view.service?.metadata?.annotations?.[annotation.pinned];
  return {
    selector: { ...set.selector, ...own },
    annotations: { [annotation.pinned]: pinned === undefined ? null : pin },
  };
}

/** What we have said on the Service by patches stays said: an apply that leaves it out would take it back. */
export function kept(live: KubeObject | null, pin: Pin): Record<string, string> {
  const before = live?.metadata?.annotations ?? {};
  const ours = [annotation.stable, annotation.canary].flatMap((name) => {
    const value = before[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const pinned = Object.entries(pin.annotations).flatMap(([name, value]) =>
    value === null ? [] : [[name, value] as const],
  );
  return Object.fromEntries([...ours, ...pinned]);
}

/** What serves where we come for the first time is what is gone back to. */
function firstStable(session: Session): Record<string, string> {
  const [only] = session.view.serving;
  const isKnown = annotationOf(session.view.service, annotation.stable) !== undefined;
  return only && !isKnown ? { [annotation.stable]: only.release } : {};
}

function annotationOf(object: KubeObject | null, name: string): string | undefined {
  return object?.metadata?.annotations?.[name];
}

/** A Service that selects the pods of something else would take its traffic along. */
export function assertOwnPods(session: Session, set: ManifestSet): void {
  const { watched, view, plan, service } = session;
  if (view.service) session.assertFree(view.service);
  const own = new Set(view.deployed.filter(({ managed }) => managed).map(({ name }) => name));
  const foreign = watched.deployments
    .all()
    .filter((one) => matches(set.selector, templateLabels(one)) && !own.has(one.metadata?.name ?? ''))
    .find((one) => one.metadata?.name !== plan.workload || !(isNobodys(one) || session.isOurs(one)));
  if (!foreign) return;
  const selector = Object.entries(set.selector).map(([name, value]) => `${name}=${value}`);
  throw failure(
    'Conflict',
    `Service ${service} selects ${selector.join(',')}, and so the pods of Deployment ${foreign.metadata?.name} too, which is not of app ${session.ref.app.name}: give the selector a label that only this app's pods have`,
  );
}

async function withoutRoutesInUse(session: Session, others: readonly KubeObject[]): Promise<readonly KubeObject[]> {
  if (!others.some(({ kind = '' }) => routing.includes(kind)) || !session.view.service) return others;
  const router = session.view.canaryService ? await findRouter(session) : null;
  return router && router.share() > 0 ? others.filter(({ kind = '' }) => !routing.includes(kind)) : others;
}

/** An autoscaler follows the Deployment that serves: two of them on one number would fight. */
function retargeted(session: Session, object: KubeObject, target: string): KubeObject {
  const spec = object.spec as { scaleTargetRef?: { kind?: string; name?: string } } | undefined;
  const reference = spec?.scaleTargetRef;
  if (object.kind !== 'HorizontalPodAutoscaler' || reference?.kind !== 'Deployment') return object;
  if (reference.name !== session.plan.workload) return object;
  const [serving]: readonly Deployed[] = session.view.serving;
  return { ...object, spec: { ...spec, scaleTargetRef: { ...reference, name: serving?.name ?? target } } };
}
