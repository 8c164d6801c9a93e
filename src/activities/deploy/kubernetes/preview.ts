import { stat } from 'node:fs/promises';
import type { PreviewReleaseInput, ReleaseRef } from '../../../contracts/activities';
import type { ObjectChange, ReleasePreview } from '../../../contracts/cluster-changes';
import { errorCodeOf, failure } from '../../../contracts/errors';
import { type KubeObject, keyOf } from './api';
import { adoption } from './changes/adoption';
import { diff, type ListKeys } from './changes/diff';
import { Owners } from './changes/owners';
import { ofAnyRelease, readable, withoutSecrets } from './changes/readable';
import { desiredDeployment, desiredSecret, desiredService } from './desired';
import { type ManifestSet, manifestSet } from './manifest-set';
import { annotation } from './names';
import { type PrepareOptions, resolveSecrets, targetOf, workloadOf } from './prepare';
import { renderManifests } from './render';
import { assertRouterKnown } from './routers/find';
import { type Pin, pinnedToName, unpinned } from './service-switch';
import type { Session } from './session';
import { assertOwnPods, isApplied, kept, otherObjects, pinFor } from './surroundings';
import type { Service } from './watched-namespace';
import { deploymentKey } from './workload';

/** What nobody can know before the build, in a form that webhooks take for a digest. */
export const unbuiltDigest = `sha256:${'0'.repeat(64)}`;
/** Errors of the moment. */
const passing: ReadonlySet<string> = new Set(['Unavailable', 'Timeout', 'RateLimited']);
const noSource = 'the worker has no folder';
const unbuilt = '(digest of the build)';

export function unbuiltRef(input: PreviewReleaseInput): ReleaseRef {
  return { ...input, key: 'preview/plan/1', digest: unbuiltDigest };
}

/** The manifests as they are in the source folder. Throws `NotFound` where this worker has no such folder. */
export async function sourceManifests(input: PreviewReleaseInput, namespace: string): Promise<ManifestSet> {
  const { app, environment, release } = input;
  if (!app.kubernetes) throw failure('InvalidInput', `the app ${app.name} has no manifests: expected spec.kubernetes`);
  if (!(await stat(app.source).catch(() => null))) {
    throw failure('NotFound', `${noSource} ${app.source}: the diff needs a worker beside the app's source`);
  }
  const objects = await renderManifests(app.kubernetes, app.source, { environment, release, namespace });
  return manifestSet(app.kubernetes, app.name, namespace, objects);
}

/** An error as the preview tells it. Throws it where it says nothing about the release: a moment later it may be gone. */
export function refusedPreview(error: unknown): ReleasePreview {
  const code = errorCodeOf(error);
  if (code === undefined || passing.has(code) || !(error instanceof Error)) throw error;
  const isOurLack = code === 'NotFound' && error.message.startsWith(noSource);
  const isRemark = isOurLack || /does not support dry run/.test(error.message);
  return { objects: [], refused: isRemark ? [] : [error.message], remarks: isRemark ? [error.message] : [] };
}

/**
 * What a release would change, object by object: each of them is applied as the release would do it, by a dry run, whose
 * answer has the server's defaults, webhooks and refusals. The session's writes must be dry ones.
 */
export async function preview(
  session: Session,
  input: PreviewReleaseInput,
  set: ManifestSet,
  resolveSecret: PrepareOptions['resolveSecret'],
): Promise<ReleasePreview> {
  const objects: ObjectChange[] = [];
  const refused: string[] = [];
  const remarks: string[] = [];
  const attempt = async (look: () => Promise<ObjectChange | null>) => {
    try {
      const change = await look();
      if (change) objects.push(change);
    } catch (error) {
      const told = refusedPreview(error);
      refused.push(...told.refused);
      remarks.push(...told.remarks);
    }
  };

  await attempt(async () => {
    assertOwnPods(session, set);
    return null;
  });
  await attempt(async () => {
    await assertRouterKnown(session);
    return null;
  });
  const target = targetOf(session, input);
  if (!isApplied(session, set)) {
    for (const object of await otherObjects(session, set, target.name)) {
      await attempt(async () => {
        const live = await session.api.get(keyOf(object));
        return changeOf(session, live, await session.apply(object, live));
      });
    }
  }
  await attempt(() => serviceChange(session, input, set, target.name));
  const workload = await workloadOf(session, input, set, target);
  await attempt(async () => {
    const secret = desiredSecret(session.ref, workload, await resolveSecrets(input.env, resolveSecret));
    if (!secret) return null;
    return changeOf(session, await session.api.get(keyOf(secret)), await session.apply(secret, null, true));
  });
  await attempt(async () => {
    const live = session.watched.deployments.get(target.name);
    const written = await session.apply(desiredDeployment(set, session.ref, workload), live);
    return live ? changeOf(session, live, written) : besides(session, written);
  });
  for (const change of leftBehind(session, input, target.name)) {
    await attempt(async () => {
      await stopDry(session, change);
      return change;
    });
  }
  return { objects: objects.map(withoutDigest), refused: [...new Set(refused)], remarks };
}

/** The Service in the end, when the release has been promoted. */
async function serviceChange(
  session: Session,
  input: PreviewReleaseInput,
  set: ManifestSet,
  target: string,
): Promise<ObjectChange> {
  const live = session.view.service;
  const pin = finalPin(session, input, set, target);
  const stable = { [annotation.stable]: input.release };
  if (live && isApplied(session, set)) {
    const gone = Object.keys(live.spec?.selector ?? {}).filter((name) => !(name in pin.selector));
    const selector = { ...pin.selector, ...Object.fromEntries(gone.map((name) => [name, null])) };
    const patch = { metadata: { annotations: stable }, spec: { selector } };
    return changeOf(
      session,
      live,
      await session.api.patch<Service>(
        keyOf({ kind: 'Service', apiVersion: 'v1', metadata: live.metadata ?? {} }),
        patch,
      ),
    );
  }
  const desired = desiredService(set, session.ref, pin.selector, { ...kept(live, pin), ...stable });
  return changeOf(session, live, await session.apply(desired, live));
}

function finalPin(session: Session, input: PreviewReleaseInput, set: ManifestSet, target: string): Pin {
  const { serving } = session.view;
  if (!input.rolling) return pinnedToName(set.selector, target);
  const isElsewhere = serving.length > 0 && !serving.some(({ name }) => name === target);
  if (isElsewhere) return pinnedToName(set.selector, target);
  return session.view.service ? pinFor(session, set, input, target) : unpinned(set.selector);
}

async function changeOf(session: Session, live: KubeObject | null, written: KubeObject): Promise<ObjectChange> {
  const key = keyOf(written);
  const changes = diff(live ? readable(live) : {}, readable(written), keysOf(written, live));
  const fields = withoutSecrets(key.kind, changes);
  const change = live === null ? 'created' : fields.length === 0 ? 'unchanged' : 'changed';
  const before = live && !session.isOurs(live) ? await session.api.get(key) : null;
  const adoptedFrom = before ? adoption(before, written).from : [];
  return { ...key, change, comparedWith: null, fields, adoptedFrom };
}

/** A Deployment beside the one that serves: what is different between the two is what changes for the users. */
function besides(session: Session, written: KubeObject): Promise<ObjectChange> | ObjectChange {
  const [serving] = session.view.serving;
  if (!serving) return changeOf(session, null, written);
  const fields = diff(ofAnyRelease(serving.deployment), ofAnyRelease(written), keysOf(written, serving.deployment));
  return { ...keyOf(written), change: 'created', comparedWith: serving.name, fields, adoptedFrom: [] };
}

/** What served until then. */
function leftBehind(session: Session, input: PreviewReleaseInput, target: string): readonly ObjectChange[] {
  const { view, plan } = session;
  return view.serving
    .filter(({ name, managed }) => name !== target && (input.retires || input.rolling || !managed))
    .map(({ name, managed, desired }) => {
      const isDeleted = managed && !input.rolling && name !== plan.workload;
      const stopped = { path: 'spec.replicas', change: 'changed', before: desired, after: 0 } as const;
      return {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        name,
        change: isDeleted ? 'deleted' : 'changed',
        comparedWith: null,
        fields: isDeleted ? [] : [stopped],
        adoptedFrom: [],
      };
    });
}

/** Whether it may be stopped. */
async function stopDry({ api }: Session, { name, change }: ObjectChange): Promise<void> {
  const key = deploymentKey(name);
  if (change === 'deleted') await api.delete(key);
  else await api.patch(key, { spec: { replicas: 0 } });
}

function keysOf(...objects: readonly (KubeObject | null)[]): ListKeys {
  return new Map(objects.flatMap((object) => [...new Owners(object?.metadata).listKeys]));
}

function withoutDigest(change: ObjectChange): ObjectChange {
  return JSON.parse(JSON.stringify(change).replaceAll(unbuiltDigest, unbuilt)) as ObjectChange;
}
