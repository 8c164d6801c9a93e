import { isDeepStrictEqual } from 'node:util';
import type { PrepareInput } from '../../../contracts/activities';
import { failure } from '../../../contracts/errors';
import { type DesiredWorkload, desiredDeployment, desiredSecret } from './desired';
import type { ManifestSet } from './manifest-set';
import { annotation, deploymentOf, label } from './names';
import type { Deployed } from './observed';
import { untilReady } from './readiness';
import { assertRouterKnown } from './routers/find';
import { switchTo } from './service-switch';
import type { Session } from './session';
import { prepareSurroundings } from './surroundings';
import type { Deployment } from './watched-namespace';
import { autoscalerOf, ensureRunning, stop, type WorkloadOptions, waitsOf } from './workload';

export interface PrepareOptions {
  readonly unschedulableSeconds: number;
  readonly resolveSecret: ((reference: string) => Promise<string>) | undefined;
}

/** Starts or scales a release and waits until it is ready; see the port. */
export async function prepare(
  session: Session,
  input: PrepareInput,
  set: ManifestSet,
  options: PrepareOptions,
): Promise<void> {
  const target = targetOf(session, input);
  const waits: WorkloadOptions = {
    deadlineSeconds: input.progressDeadlineSeconds,
    unschedulableSeconds: options.unschedulableSeconds,
    isUrgent: input.goesBack !== undefined,
  };
  // What runs already may be on its way back, which nothing must hold up.
  if (!session.view.ofRelease(input.release)) await assertRouterKnown(session);
  if (input.rolling) await leaveAlone(session, target.name, waits);
  await prepareSurroundings(session, set, input, target.name);
  await applyWorkload(session, input, set, target, options);
  const { release, replicas } = input;
  await untilReady(session, { name: target.name, release, replicas, ...waitsOf(replicas, waits) });
  if (input.rolling) await takeOver(session, target.name, waits);
}

type Target = Pick<DesiredWorkload, 'name' | 'previous'>;

/** The Deployment that a release is or becomes. */
export function targetOf({ view, plan, ref }: Session, { rolling }: Pick<PrepareInput, 'rolling'>): Target {
  const own = view.named(plan.workload);
  const before = own?.deployment.metadata?.annotations?.[annotation.previous] ?? null;
  if (rolling) {
    if (!own) return { name: plan.workload, previous: null };
    return { name: own.name, previous: own.release === ref.release ? before : own.release };
  }
  const found = view.ofRelease(ref.release);
  if (found) return { name: found.name, previous: found.name === own?.name ? before : null };
  // What was rolled in place goes back in place: its pods of before are started again by the old ReplicaSet.
  if (own?.managed && before === ref.release) return { name: own.name, previous: null };
  return { name: deploymentOf(plan.workload, ref.release), previous: null };
}

async function applyWorkload(
  session: Session,
  input: PrepareInput,
  set: ManifestSet,
  target: Target,
  { resolveSecret }: PrepareOptions,
): Promise<void> {
  const live = session.watched.deployments.get(target.name);
  const workload = await workloadOf(session, input, set, target);
  const secret = desiredSecret(input, workload, await resolveSecrets(input.env, resolveSecret));
  const desired = desiredDeployment(set, input, workload);
  if (live && isSame(live, desired, set.container)) return;
  if (secret) await session.apply(secret, null, true);
  // What is stable must be able to come back, whatever somebody has done to it.
  const isStable = session.view.service?.metadata?.annotations?.[annotation.stable] === input.release;
  const written = await session.apply(desired, live, isStable);
  await session.seen(session.watched.deployments, written);
}

/** What is wanted of a Deployment, given what is there. */
export async function workloadOf(
  session: Session,
  input: Pick<PrepareInput, 'replicas' | 'env'>,
  set: ManifestSet,
  target: Target,
): Promise<DesiredWorkload> {
  const live = session.watched.deployments.get(target.name);
  // An autoscaler has the say: what it has set is what we set, because to leave it out would mean 1.
  const scaled = autoscalerOf(session, target.name) ? live?.spec?.replicas : undefined;
  const workload = { ...target, replicas: scaled || input.replicas, env: input.env };
  return { ...workload, adopted: live !== null && (await isAdoptable(session, set, workload, live)) };
}

/**
 * Pods that run already what the release is, made by somebody else, stay as they are: the server itself says whether the
 * template would be another one.
 */
async function isAdoptable(
  { api, ref, view }: Session,
  set: ManifestSet,
  workload: Omit<DesiredWorkload, 'adopted'>,
  live: Deployment,
): Promise<boolean> {
  if (view.named(workload.name)?.managed) {
    const told = live.metadata?.annotations ?? {};
    return annotation.adopted in told && told[annotation.release] === ref.release;
  }
  const desired = desiredDeployment(set, ref, { ...workload, adopted: true });
  if (imageOf(live, set.container) !== imageOf(desired, set.container)) return false;
  const written = await api.dry.apply(desired, true);
  return isDeepStrictEqual(written.spec?.template, live.spec?.template);
}

/** The same content, and nobody has changed the image or the number of replicas since. */
function isSame(live: Deployment, desired: Deployment, container: string): boolean {
  const told = (one: Deployment, name: string) => one.metadata?.annotations?.[name];
  return (
    told(live, annotation.content) === told(desired, annotation.content) &&
    told(live, annotation.release) === told(desired, annotation.release) &&
    live.spec?.replicas === desired.spec?.replicas &&
    imageOf(live, container) === imageOf(desired, container) &&
    live.spec?.template?.metadata?.labels?.[label.workload] ===
      desired.spec?.template?.metadata?.labels?.[label.workload]
  );
}

function imageOf({ spec }: Deployment, container: string): string | undefined {
  return spec?.template?.spec?.containers.find(({ name }) => name === container)?.image;
}

export async function resolveSecrets(
  env: PrepareInput['env'],
  resolveSecret: PrepareOptions['resolveSecret'],
): Promise<Record<string, string>> {
  const resolved: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (!value.startsWith('secret://')) continue;
    if (!resolveSecret) {
      throw failure('InvalidInput', `${name} is a secret, and this worker has no secret store to read it from`);
    }
    resolved[name] = await resolveSecret(value);
  }
  return resolved;
}

/** Rolling in place needs the Service to select old and new pods alike: others of the app must not be among them. */
async function leaveAlone(session: Session, target: string, waits: WorkloadOptions): Promise<void> {
  const { view } = session;
  const isServing = (name: string) => view.serving.some((one) => one.name === name);
  if (!isServing(target)) return;
  const idle = view.deployed.filter(({ name, desired }) => name !== target && desired > 0);
  for (const one of idle) if (!isServing(one.name)) await stop(session, one, waits.deadlineSeconds);
}

/** Where another Deployment served until now, this one gets its traffic, and only then is that one stopped. */
async function takeOver(session: Session, target: string, waits: WorkloadOptions): Promise<void> {
  const { view } = session;
  const others = view.deployed.filter(({ name, desired }) => name !== target && desired > 0);
  const isServing = view.serving.some(({ name }) => name === target);
  if (isServing && others.length === 0) return;
  const deployed: Deployed | null = view.named(target);
  if (!deployed) throw failure('Conflict', `Deployment ${target} was deleted while it was being prepared`);
  await ensureRunning(session, deployed, waits);
  await switchTo(session, deployed, waits.deadlineSeconds, { canary: null });
  for (const one of others) await stop(session, one, waits.deadlineSeconds);
}
