import { failure } from '../../../contracts/errors';
import { annotation } from './names';
import { type Deployed, isReady } from './observed';
import { untilReady } from './readiness';
import type { Session } from './session';
import { done, until, waiting } from './wait';
import type { Autoscaler, Deployment } from './watched-namespace';

export interface WorkloadOptions {
  readonly deadlineSeconds: number;
  readonly unschedulableSeconds: number;
  /** A way back: two thirds of the replicas take the traffic, and the others follow. */
  readonly isUrgent?: boolean;
}

/**
 * How the replicas of a release are waited for. One that goes back gets its traffic with two thirds of them, see
 * docs/adr/0013: a third less capacity for a moment harms fewer people than the release that is taken out.
 */
export function waitsOf(replicas: number, { isUrgent = false, ...options }: WorkloadOptions) {
  return { ...options, ...(isUrgent ? { enough: Math.ceil((replicas * 2) / 3) } : {}) };
}

export function deploymentKey(name: string) {
  return { apiVersion: 'apps/v1', kind: 'Deployment', name };
}

/** The autoscaler that has the say over a Deployment's replicas; null: nobody has but us. */
export function autoscalerOf(session: Session, deployment: string): Autoscaler | null {
  const targets = ({ spec }: Autoscaler) =>
    spec?.scaleTargetRef.kind === 'Deployment' && spec.scaleTargetRef.name === deployment;
  return session.watched.autoscalers.all().find(targets) ?? null;
}

/** Sets the number of replicas and waits for nothing. */
export async function scale(session: Session, name: string, replicas: number): Promise<void> {
  await session.patch<Deployment>(deploymentKey(name), session.watched.deployments, ({ spec }) =>
    spec?.replicas === replicas ? null : { spec: { replicas } },
  );
}

/** A Deployment that was stopped is started with the replicas it had. Resolves when it is ready. */
export async function ensureRunning(session: Session, deployed: Deployed, options: WorkloadOptions): Promise<void> {
  if (deployed.desired === 0) {
    const before = Number(deployed.deployment.metadata?.annotations?.[annotation.replicas] ?? 1);
    await scale(session, deployed.name, Math.max(1, before));
  }
  const { desired: replicas = 1 } = session.view.named(deployed.name) ?? {};
  await untilReady(session, {
    name: deployed.name,
    release: deployed.release,
    replicas,
    ...waitsOf(replicas, options),
  });
}

/** More replicas where the share asks for it, and never fewer. */
export async function ensureReplicas(
  session: Session,
  { name, release, desired }: Deployed,
  needed: number,
  options: WorkloadOptions,
): Promise<void> {
  if (needed <= desired || autoscalerOf(session, name)) return;
  await scale(session, name, needed);
  await untilReady(session, { name, release, replicas: needed, ...waitsOf(needed, options) });
}

/** Scales to nothing, remembers what it had, and waits until none of its pods takes requests. */
export async function stop(session: Session, { name }: Deployed, deadlineSeconds: number): Promise<void> {
  await session.patch<Deployment>(deploymentKey(name), session.watched.deployments, ({ spec }) => {
    const replicas = spec?.replicas ?? 1;
    if (replicas === 0) return null;
    return { metadata: { annotations: { [annotation.replicas]: String(replicas) } }, spec: { replicas: 0 } };
  });
  await untilStopped(session, name, deadlineSeconds);
}

export async function untilStopped(session: Session, name: string, deadlineSeconds: number): Promise<void> {
  await until(session.watched, session.waitFor(deadlineSeconds), () => {
    const found = session.view.named(name);
    if (found && found.desired > 0)
      throw failure('Conflict', `Deployment ${name} was scaled up while it was being stopped`);
    const ready = found ? session.view.podsOf(found).filter(isReady).length : 0;
    return ready === 0 && (found?.ready ?? 0) === 0 ? done(null) : waiting(`${ready} pods of ${name} still serve`);
  });
}
