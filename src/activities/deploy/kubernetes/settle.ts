import type { RetireInput } from '../../../contracts/activities';
import { failure } from '../../../contracts/errors';
import { envSecretOf } from './desired';
import { annotation, canaryServiceOf } from './names';
import type { Deployed } from './observed';
import { findRouter } from './routers/find';
import { setPin } from './service-switch';
import type { Session } from './session';
import { giveAll, pinOfServing } from './shift';
import { undo } from './undo';
import { done, until, waiting } from './wait';
import type { Autoscaler } from './watched-namespace';
import { deploymentKey, stop, untilStopped, type WorkloadOptions } from './workload';

/** Makes a release the stable one, with all of the traffic; see the port. */
export async function promote(session: Session, options: WorkloadOptions): Promise<void> {
  const { view, ref } = session;
  const target = view.ofRelease(ref.release);
  if (!target) {
    throw failure(
      'NotFound',
      `release ${ref.release} has no Deployment in namespace ${session.watched.namespace}: prepare it first`,
    );
  }
  await giveAll(session, target, options);
  await setPin(session, pinOfServing(session, target), { stable: ref.release, canary: null });
  await followBy(session, target);
  // Nobody will retire what we did not deploy; it is kept, with what it needs to come back.
  for (const one of view.deployed) {
    if (!one.managed && one.name !== target.name && one.desired > 0) await stop(session, one, options.deadlineSeconds);
  }
}

/** The app's autoscaler scales what serves. */
async function followBy(session: Session, target: Deployed): Promise<void> {
  const own = new Set([session.plan.workload, ...session.view.deployed.map(({ name }) => name)]);
  for (const { spec, metadata } of session.watched.autoscalers.all()) {
    const { kind, name = '' } = spec?.scaleTargetRef ?? {};
    if (kind !== 'Deployment' || !own.has(name) || name === target.name) continue;
    const key = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: metadata?.name ?? '' };
    await session.patch<Autoscaler>(key, session.watched.autoscalers, () => ({
      spec: { scaleTargetRef: { name: target.name } },
    }));
  }
}

/** Takes a release out of the traffic and stops it; see the port. */
export async function retire(
  session: Session,
  { withdrawn }: Pick<RetireInput, 'withdrawn'>,
  options: WorkloadOptions,
): Promise<void> {
  const { view, ref, plan } = session;
  const target = view.ofRelease(ref.release);
  if (!target) return;
  const before = withdrawn ? foreign(session) : null;
  const heir = heirOf(session, target, before);
  if (heir) await giveAll(session, heir, options);
  if (heir && heir === before) await setPin(session, pinOfServing(session, heir), { stable: heir.release });
  await removeCanary(session, target);
  if (target.name === plan.workload && (await undo(session, target, options))) return;
  if (target.name === plan.workload) return stop(session, target, options.deadlineSeconds);
  await session.api.delete(deploymentKey(target.name));
  const hasSecret = (target.deployment.spec?.template?.spec?.containers ?? []).some(({ env }) =>
    (env ?? []).some(({ valueFrom }) => valueFrom?.secretKeyRef?.name === envSecretOf(target.name)),
  );
  if (hasSecret) await session.api.delete({ apiVersion: 'v1', kind: 'Secret', name: envSecretOf(target.name) });
  await untilDeleted(session, target, options);
}

/** Who takes over what the release has of the traffic; null: it has none, or there is nobody. */
function heirOf({ view }: Session, target: Deployed, before: Deployed | null): Deployed | null {
  const canary = view.selectedBy(view.canaryService).some(({ name }) => name === target.name);
  if (!canary && !view.serving.some(({ name }) => name === target.name)) return null;
  const stable = view.service?.metadata?.annotations?.[annotation.stable];
  const candidates = [stable === undefined ? null : view.ofRelease(stable), ...view.serving, before];
  return candidates.find((one) => one !== null && one.name !== target.name) ?? null;
}

/** What was there before us, and was stopped when the first release was promoted. */
function foreign({ view }: Session): Deployed | null {
  const isKept = ({ managed, deployment }: Deployed) =>
    !managed && annotation.replicas in (deployment.metadata?.annotations ?? {});
  return view.deployed.find(isKept) ?? null;
}

async function removeCanary(session: Session, target: Deployed): Promise<void> {
  const { view } = session;
  const isCanary = view.selectedBy(view.canaryService).some(({ name }) => name === target.name);
  // Of a canary that has been promoted its Service is left, without any share.
  const router = view.canaryService ? await findRouter(session) : null;
  if (!view.canaryService || (!isCanary && router && router.share() > 0)) return;
  await session.api.delete({ apiVersion: 'v1', kind: 'Service', name: canaryServiceOf(session.service) });
}

async function untilDeleted(session: Session, target: Deployed, { deadlineSeconds }: WorkloadOptions): Promise<void> {
  await until(session.watched, session.waitFor(deadlineSeconds), () => {
    const found = session.view.named(target.name);
    return !found || found.deployment.metadata?.deletionTimestamp ? done(null) : waiting(`${target.name} is deleted`);
  });
  await untilStopped(session, target.name, deadlineSeconds);
}
