import type { V1ReplicaSet } from '@kubernetes/client-node';
import type { KubeObject } from './api';
import { annotation, label, unmanagedRelease } from './names';
import type { Deployed } from './observed';
import { untilReady } from './readiness';
import type { Session } from './session';
import type { Deployment } from './watched-namespace';
import { deploymentKey, type WorkloadOptions } from './workload';

type ReplicaSet = V1ReplicaSet & KubeObject;

const revision = 'deployment.kubernetes.io/revision';

/**
 * A Deployment that was there before us, and that we have rolled over in place, goes back to the template that its old
 * ReplicaSet has: no release of ours says what that was. Answers whether there was one; a Deployment of ours has none.
 */
export async function undo(session: Session, target: Deployed, options: WorkloadOptions): Promise<boolean> {
  const { name, deployment, desired } = target;
  if (deployment.metadata?.annotations?.[annotation.previous] !== unmanagedRelease(name)) return false;
  const before = await lastForeign(session, deployment);
  if (!before?.spec?.template) return false;
  const { [label.podTemplateHash]: _, ...labels } = before.spec.template.metadata?.labels ?? {};
  const template = { ...before.spec.template, metadata: { ...before.spec.template.metadata, labels } };
  const gone = [
    annotation.release,
    annotation.previous,
    annotation.content,
    annotation.digest,
    annotation.adopted,
  ].filter((one) => one in (deployment.metadata?.annotations ?? {}));
  const written = await session.api.replace<Deployment>(deploymentKey(name), [
    { op: 'test', path: pathOf(annotation.release), value: target.release },
    { op: 'replace', path: '/spec/template', value: template },
    ...gone.map((one) => ({ op: 'remove', path: pathOf(one) })),
  ]);
  await session.seen(session.watched.deployments, written);
  await untilReady(session, { name, release: unmanagedRelease(name), replicas: desired, ...options });
  return true;
}

/** The newest ReplicaSet of the Deployment whose pods are none of ours. */
async function lastForeign(session: Session, deployment: Deployment): Promise<ReplicaSet | null> {
  const all = await session.api.list<ReplicaSet>('apps/v1', 'ReplicaSet');
  const foreign = all.filter(
    ({ metadata, spec }) =>
      (metadata?.ownerReferences ?? []).some(({ uid }) => uid === deployment.metadata?.uid) &&
      !(label.workload in (spec?.template?.metadata?.labels ?? {})),
  );
  const of = ({ metadata }: ReplicaSet) => Number(metadata?.annotations?.[revision] ?? 0);
  return foreign.sort((a, b) => of(b) - of(a))[0] ?? null;
}

/** As JSON Pointers write it. */
function pathOf(name: string): string {
  return `/metadata/annotations/${name.replace('/', '~1')}`;
}
