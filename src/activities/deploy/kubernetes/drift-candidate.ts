import type { DetectDriftInput } from '../../../contracts/activities';
import type { FieldDrift, ObjectDrift } from '../../../contracts/cluster-changes';
import { type KubeObject, keyOf } from './api';
import { foreignFields } from './changes/field-drift';
import { annotation, canaryServiceOf, deploymentOf, label } from './names';
import { canaryOf } from './observed';
import { findRouter } from './routers/find';
import type { Session } from './session';
import type { Deployment, Service } from './watched-namespace';
import { deploymentKey } from './workload';

export interface CandidateDrift {
  /** The release on its way; null: there is none. */
  readonly candidate: string | null;
  readonly objects: readonly ObjectDrift[];
}

/**
 * What somebody has done to a release that is on its way. Its settings are its own deployment's, so what counts as drift is
 * what others have written since we wrote last; that its Deployment is gone; and that its image is not that of its digest.
 */
export async function candidateDrift(
  session: Session,
  input: DetectDriftInput,
  routes: readonly KubeObject[],
): Promise<CandidateDrift> {
  const { view } = session;
  const beside = view.deployed.filter((one) => one.managed && one.release !== input.release && one.desired > 0);
  const objects: ObjectDrift[] = [];
  for (const { name, release } of beside) {
    const deployment = await session.api.get<Deployment>(deploymentKey(name));
    if (deployment) objects.push(...drifted(deployment, release, edits(deployment, imageOf(input, deployment))));
  }
  const missing = await missingCandidate(session);
  const canaryServiceKey = { apiVersion: 'v1', kind: 'Service', name: canaryServiceOf(session.service) };
  const service = view.canaryService ? await session.api.get<Service>(canaryServiceKey) : null;
  const [first] = beside;
  const candidate = missing?.release ?? canaryOf(view.service)?.release ?? first?.release ?? null;
  if (service && candidate !== null) objects.push(...drifted(service, candidate, edits(service, null)));
  for (const route of candidate === null ? [] : routes) {
    const live = await session.api.get(keyOf(route));
    if (live) objects.push(...drifted(live, candidate ?? '', edits(live, null)));
  }
  return { candidate, objects: [...(missing ? [missing] : []), ...objects] };
}

/** Something still says that it gets traffic, and its Deployment is not there. */
async function missingCandidate(session: Session): Promise<ObjectDrift | null> {
  const { view, plan } = session;
  const declared = canaryOf(view.service)?.release;
  if (declared !== undefined) {
    const isThere = view.ofRelease(declared) !== null;
    return isThere ? null : missing(deploymentOf(plan.workload, declared), declared);
  }
  const workload = view.canaryService?.spec?.selector?.[label.workload];
  if (workload === undefined || view.named(workload) !== null) return null;
  const router = await findRouter(session);
  // The Service of a canary that was promoted or taken back is left over, and gets nothing.
  if (!router || router.share() === 0) return null;
  return missing(workload, `the canary behind ${canaryServiceOf(plan.service)}`);
}

function missing(name: string, release: string): ObjectDrift {
  return { apiVersion: 'apps/v1', kind: 'Deployment', name, release, state: 'missing', fields: [], healed: false };
}

function drifted(object: KubeObject, release: string, fields: readonly FieldDrift[]): readonly ObjectDrift[] {
  return fields.length === 0 ? [] : [{ ...keyOf(object), release, state: 'changed', fields, healed: false }];
}

function edits(object: KubeObject, image: string | null): readonly FieldDrift[] {
  return foreignFields(object).map((field) => ({
    ...field,
    expected: field.path.endsWith('.image') ? image : field.expected,
    healed: false,
  }));
}

function imageOf({ app }: DetectDriftInput, { metadata }: Deployment): string | null {
  const digest = metadata?.annotations?.[annotation.digest];
  return digest === undefined ? null : `${app.kubernetes?.image}@${digest}`;
}
