import type { DetectDriftInput } from '../../../contracts/activities';
import type { DriftReport, ObjectDrift } from '../../../contracts/cluster-changes';
import { failure } from '../../../contracts/errors';
import { type KubeObject, keyOf } from './api';
import { fieldDrift } from './changes/field-drift';
import { Owners } from './changes/owners';
import { desiredDeployment, desiredSecret, desiredService } from './desired';
import { candidateDrift } from './drift-candidate';
import type { ManifestSet } from './manifest-set';
import { annotation, deploymentOf, noWorkload } from './names';
import { canaryOf, pinOf } from './observed';
import { type PrepareOptions, resolveSecrets, workloadOf } from './prepare';
import { pinnedToName, unpinned } from './service-switch';
import type { Session } from './session';
import { kept, otherObjects, routing } from './surroundings';
import type { Deployment, Service } from './watched-namespace';
import { deploymentKey } from './workload';

/** One object of the release: as it is, and as the release applied anew would make it. */
interface Compared {
  readonly desired: KubeObject;
  readonly live: KubeObject | null;
}

/** What is not as the release that serves has it, and who has changed it; with `heal`, what it was told to be again. */
export async function drift(
  session: Session,
  input: DetectDriftInput,
  set: ManifestSet,
  resolveSecret: PrepareOptions['resolveSecret'],
): Promise<DriftReport> {
  const compared = await objectsOf(session, input, set, resolveSecret);
  const found = await driftOf(session, input, compared);
  const beside = await candidateDrift(session, input, routesInUse(set, compared));
  const remarks =
    beside.candidate === null ? [] : [`${beside.candidate} is on its way: what its own deployment changes is no drift`];
  if (!input.heal || found.length === 0) return { objects: [...found, ...beside.objects], remarks };
  if (beside.candidate !== null) {
    throw failure('Conflict', `${beside.candidate} is on its way here: heal when it has arrived or was taken back`);
  }
  await heal(session, compared, found);
  const left = await driftOf(session, input, await objectsOf(session, input, set, resolveSecret));
  return { objects: found.map((one) => withHealed(one, left)), remarks };
}

async function objectsOf(
  session: Session,
  input: DetectDriftInput,
  set: ManifestSet,
  resolveSecret: PrepareOptions['resolveSecret'],
): Promise<readonly Compared[]> {
  const { api } = session;
  const name = deploymentNameOf(session, input);
  // Read anew: the watches do not keep who has written what.
  const live = await api.get<Deployment>(deploymentKey(name));
  const previous = live?.metadata?.annotations?.[annotation.previous] ?? null;
  const workload = await workloadOf(session, input, set, { name, previous });
  const replicas = isOurs(live, 'spec.replicas') ? (live?.spec?.replicas ?? workload.replicas) : workload.replicas;
  const deployment = desiredDeployment(set, input, { ...workload, replicas });
  const secret = desiredSecret(input, workload, await resolveSecrets(input.env, resolveSecret));
  const others = [...(await otherObjects(session, set, name)), ...(secret ? [secret] : [])];
  const service = await api.get<Service>(keyOf(set.service));
  return [
    { desired: deployment, live },
    { desired: expectedService(session, input, set, service, name), live: service },
    ...(await Promise.all(others.map(async (desired) => ({ desired, live: await api.get(keyOf(desired)) })))),
  ];
}

/** Routes whose weights are the router's just now: nothing says what else is expected of them. */
function routesInUse({ others }: ManifestSet, compared: readonly Compared[]): readonly KubeObject[] {
  const isCompared = ({ kind, metadata }: KubeObject) =>
    compared.some(({ desired }) => desired.kind === kind && desired.metadata?.name === metadata?.name);
  return others.filter((object) => routing.includes(object.kind ?? '') && !isCompared(object));
}

/** Also of one that was deleted: what the Service is pinned to has its name. */
function deploymentNameOf({ view, plan }: Session, { release }: DetectDriftInput): string {
  const found = view.ofRelease(release);
  if (found) return found.name;
  const pin = view.service ? pinOf(view.service) : null;
  if (pin === noWorkload) return deploymentOf(plan.workload, release);
  return pin ?? plan.workload;
}

/** Its selector is what we have set it to, whatever that was; one of somebody else's is not. */
function expectedService(
  { view }: Session,
  { release, ...input }: DetectDriftInput,
  set: ManifestSet,
  live: Service | null,
  name: string,
): Service {
  const told = live?.metadata?.annotations ?? {};
  const others = view.deployed.some((one) => one.name !== name && one.desired > 0);
  const isInPlace = set.workload.metadata?.name === name && (!others || canaryOf(live) !== null);
  const pin = isInPlace ? unpinned(set.selector) : pinnedToName(set.selector, name);
  const selector = isOurs(live, 'spec.selector') ? (live?.spec?.selector ?? {}) : pin.selector;
  const pinned = annotation.pinned in told ? { [annotation.pinned]: told[annotation.pinned] ?? '' } : {};
  const remembered = { ...kept(live, { selector, annotations: pinned }), [annotation.stable]: release };
  return desiredService(set, { ...input, release }, selector, remembered);
}

function isOurs(live: KubeObject | null, path: string): boolean {
  return live !== null && new Owners(live.metadata).of(path).some((writer) => writer.isOurs);
}

async function driftOf(
  session: Session,
  { release }: DetectDriftInput,
  compared: readonly Compared[],
): Promise<readonly ObjectDrift[]> {
  const dry = session.api.dry;
  const drifts: ObjectDrift[] = [];
  for (const { desired, live } of compared) {
    const name = { ...keyOf(desired), release, healed: false };
    if (!live || live.metadata?.deletionTimestamp) {
      drifts.push({ ...name, state: 'missing', fields: [] });
      continue;
    }
    const fields = fieldDrift(live, await dry.apply(desired, true));
    if (fields.length === 0) continue;
    drifts.push({ ...name, state: 'changed', fields: fields.map((field) => ({ ...field, healed: false })) });
  }
  return drifts;
}

/** Only what is not as it was: an apply of anything else would take over what others may change. */
async function heal(session: Session, compared: readonly Compared[], found: readonly ObjectDrift[]): Promise<void> {
  for (const { desired } of compared) {
    const { kind, name } = keyOf(desired);
    const drifted = found.find((one) => one.kind === kind && one.name === name);
    const isOursToHeal = drifted?.state === 'missing' || drifted?.fields.some(({ owned }) => owned);
    if (isOursToHeal) await session.api.apply(desired, true);
  }
}

function withHealed(drift: ObjectDrift, left: readonly ObjectDrift[]): ObjectDrift {
  const still = left.find(({ kind, name }) => kind === drift.kind && name === drift.name);
  const isLeft = (path: string) => still?.fields.some((field) => field.path === path) ?? false;
  const fields = drift.fields.map((field) => ({ ...field, healed: !isLeft(field.path) }));
  return { ...drift, fields, healed: still === undefined };
}
