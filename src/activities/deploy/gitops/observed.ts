import type { TrafficState } from '../../../contracts/activities';
import { annotation, unmanagedRelease } from '../kubernetes/names';
import { type AppView, type Deployed, inHundred, isReady, isRolling } from '../kubernetes/observed';
import type { Deployment, Pod } from '../kubernetes/watched-namespace';

type Containers = { readonly containers: readonly { readonly image?: string }[] };

/** The Deployment of an app that a reader keeps: the one we have marked, else by its name. */
export function deployedBy(view: AppView, workload: string): Deployed | null {
  return view.named(workload) ?? view.deployed.find(({ managed }) => managed) ?? null;
}

export function runs(deployment: Deployment, digest: string): boolean {
  return isOf(deployment.spec?.template?.spec, digest);
}

/** Whether pods, or a template of pods, have the image of that digest. */
export function isOf(spec: Containers | undefined, digest: string): boolean {
  return imagesOf(spec).some((image) => image.endsWith(`@${digest}`));
}

/** For messages: what the template of a Deployment has. */
export function imagesText(deployment: Deployment): string {
  return imagesOf(deployment.spec?.template?.spec).join(' and ') || 'no image';
}

/** Which release a Deployment is: what we have marked it with, as long as it is of that digest. */
export function releaseOf({ deployment, name }: Deployed): string {
  const { release, digest } = markOf(deployment);
  return release !== undefined && digest !== undefined && runs(deployment, digest) ? release : unmanagedRelease(name);
}

export function podsOfRelease(view: AppView, deployed: Deployed, release: string): readonly Pod[] {
  return view
    .podsOf(deployed)
    .filter(isReady)
    .filter((pod) => releaseOfPod(pod, deployed) === release);
}

/** What serves. While pods are replaced, by their digests. */
export function stateOf(view: AppView, deployed: Deployed | null): TrafficState {
  const { url } = view.state(0);
  if (!deployed) return { stableRelease: null, weights: [], replicas: [], url };
  const { deployment, desired, ready } = deployed;
  const release = releaseOf(deployed);
  return {
    stableRelease: deployment.metadata?.annotations?.[annotation.stable] ?? null,
    weights: weightsOf(view, deployed, release),
    replicas: desired > 0 || ready > 0 ? [{ release, ready, desired }] : [],
    url,
  };
}

function weightsOf(view: AppView, deployed: Deployed, release: string): TrafficState['weights'] {
  if (!isRolling(deployed.deployment)) return deployed.ready > 0 ? [{ release, weight: 100 }] : [];
  const counts = new Map([[release, 0]]);
  for (const pod of view.podsOf(deployed).filter(isReady)) {
    const of = releaseOfPod(pod, deployed);
    counts.set(of, (counts.get(of) ?? 0) + 1);
  }
  const shares = inHundred([...counts].map(([name, weight]) => ({ release: name, weight })));
  return shares.filter(({ weight }) => weight > 0);
}

function releaseOfPod({ spec }: Pod, { deployment, name }: Deployed): string {
  const { release, digest, previous } = markOf(deployment);
  const isMarked = digest !== undefined && isOf(spec, digest);
  if (isMarked && release !== undefined) return release;
  // Before the mark follows the template, what is not of the old digest is of one that nobody has named yet.
  const isCurrent = digest !== undefined && runs(deployment, digest);
  return (isCurrent ? previous : undefined) ?? unmanagedRelease(name);
}

function markOf({ metadata }: Deployment) {
  const told = metadata?.annotations;
  return {
    release: told?.[annotation.release],
    digest: told?.[annotation.digest],
    previous: told?.[annotation.previous],
  };
}

function imagesOf(spec: Containers | undefined): string[] {
  return (spec?.containers ?? []).flatMap(({ image }) => image ?? []);
}
