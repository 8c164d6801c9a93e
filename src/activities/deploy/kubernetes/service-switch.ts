import { failure } from '../../../contracts/errors';
import { annotation, label, noWorkload } from './names';
import { type DeclaredCanary, type Deployed, isReady } from './observed';
import type { Session } from './session';
import { done, until, waiting } from './wait';
import type { Service } from './watched-namespace';

type Selector = Readonly<Record<string, string>>;

/** The selector of the manifests, pinned to the pods of one Deployment, and what must be remembered of that. */
export interface Pin {
  readonly selector: Selector;
  readonly annotations: Readonly<Record<string, string | null>>;
}

/** No pod at all: for a Service that is there before its first release. */
export function pinnedToNothing(selector: Selector): Pin {
  return { selector: { ...selector, [label.workload]: noWorkload }, annotations: { [annotation.pinned]: null } };
}

/** Whatever the manifests select. */
export function unpinned(selector: Selector): Pin {
  return { selector, annotations: { [annotation.pinned]: null } };
}

/** The pods that we make for a Deployment, be they there or not. */
export function pinnedToName(selector: Selector, deployment: string): Pin {
  return { selector: { ...selector, [label.workload]: deployment }, annotations: { [annotation.pinned]: null } };
}

/**
 * The pods of one Deployment. Those that we made have a label with its name, which stays when it is rolled in place. Those
 * that were there before us have only the hash of their template, by which they are found without being started anew.
 */
export function pinnedTo(session: Session, deployed: Deployed): Pin {
  const { selector } = session.view;
  const pods = session.view.podsOf(deployed).filter(isReady);
  const isLabelled = pods.every((pod) => pod.metadata?.labels?.[label.workload] === deployed.name);
  if (isLabelled && (deployed.managed || pods.length > 0)) {
    return pinnedToName(selector, deployed.name);
  }
  const hashes = new Set(pods.map((pod) => pod.metadata?.labels?.[label.podTemplateHash] ?? ''));
  const [hash] = hashes;
  if (!hash || hashes.size > 1) {
    throw failure(
      'Conflict',
      `Deployment ${deployed.name} has ready pods of ${hashes.size} templates: somebody rolls it out; wait until that has ended`,
    );
  }
  return {
    selector: { ...selector, [label.podTemplateHash]: hash },
    annotations: { [annotation.pinned]: deployed.name },
  };
}

/** What else a switch says on the Service: null takes it away. */
export interface Remarks {
  readonly stable?: string;
  readonly canary?: DeclaredCanary | null;
}

/** Sets the selector in one write that holds only for the Service as it was seen. */
export async function setPin(session: Session, pin: Pin, { stable, canary }: Remarks = {}): Promise<void> {
  const name = session.plan.service;
  const key = { apiVersion: 'v1', kind: 'Service', name };
  const annotations: Record<string, string | null> = {
    ...pin.annotations,
    [annotation.selector]: JSON.stringify(session.view.selector),
    ...(stable === undefined ? {} : { [annotation.stable]: stable }),
    ...(canary === undefined ? {} : { [annotation.canary]: canary && JSON.stringify(canary) }),
  };
  const found = await session.patch<Service>(key, session.watched.services, (live) => {
    session.assertFree(live);
    const isSo = sameSelector(live.spec?.selector, pin.selector) && hasAnnotations(live, annotations);
    if (isSo) return null;
    const gone = Object.keys(live.spec?.selector ?? {}).filter((one) => !(one in pin.selector));
    const selector = { ...pin.selector, ...Object.fromEntries(gone.map((one) => [one, null])) };
    return { metadata: { annotations }, spec: { selector } };
  });
  if (!found)
    throw failure(
      'NotFound',
      `there is no Service ${name} in namespace ${session.watched.namespace}: prepare the release first`,
    );
}

/** Gives all of the Service's traffic to one Deployment that is ready, and waits until its endpoints are its pods alone. */
export async function switchTo(
  session: Session,
  deployed: Deployed,
  deadlineSeconds: number,
  remarks: Remarks = {},
): Promise<void> {
  await setPin(session, pinnedTo(session, deployed), remarks);
  await untilEndpoints(session, session.plan.service, [deployed.name], deadlineSeconds);
}

/** Waits until a Service has ready endpoints of each of the Deployments, and of no other. */
export async function untilEndpoints(
  session: Session,
  service: string,
  names: readonly string[],
  deadlineSeconds: number,
): Promise<void> {
  await until(session.watched, session.waitFor(deadlineSeconds), () => {
    const { view } = session;
    const endpoints = view.endpointsOf(service);
    const sides = names.map((name) => {
      const deployed = view.named(name);
      return new Set((deployed ? view.podsOf(deployed) : []).map((pod) => pod.metadata?.name ?? ''));
    });
    const isOnEachSide = sides.every((side) => [...side].some((pod) => endpoints.has(pod)));
    const others = [...endpoints].filter((pod) => !sides.some((side) => side.has(pod)));
    if (isOnEachSide && others.length === 0) return done(null);
    return waiting(`Service ${service} has the endpoints of ${names.join(' and ')}`, [...endpoints].sort().join());
  });
}

function sameSelector(live: Selector | undefined, wanted: Selector): boolean {
  const names = Object.keys(live ?? {});
  return names.length === Object.keys(wanted).length && names.every((name) => live?.[name] === wanted[name]);
}

function hasAnnotations({ metadata }: Service, wanted: Readonly<Record<string, string | null>>): boolean {
  return Object.entries(wanted).every(([name, value]) => (metadata?.annotations?.[name] ?? null) === value);
}
