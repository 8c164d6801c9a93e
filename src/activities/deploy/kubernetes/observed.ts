import type { TrafficState } from '../../../contracts/activities';
import { annotation, canaryServiceOf, label, labelValue, noWorkload, slugOf, unmanagedRelease } from './names';
import type { Deployment, Pod, Service, WatchedNamespace } from './watched-namespace';

/** One app in one environment, as the namespace has it. */
export interface AppKey {
  readonly app: string;
  readonly environment: string;
}

export interface Deployed {
  readonly deployment: Deployment;
  readonly name: string;
  readonly release: string;
  /** False: it was there before us. */
  readonly managed: boolean;
  readonly desired: number;
  readonly ready: number;
}

type Selector = Readonly<Record<string, string>>;

/** Everything of an app that has a say in who serves, from the watched objects: nothing is asked of the server. */
export class AppView {
  readonly appLabel: string;

  constructor(
    readonly watched: WatchedNamespace,
    readonly key: AppKey,
    /** Known where the app's manifest is; else it is found by its labels. */
    private readonly serviceName: string | null = null,
  ) {
    this.appLabel = labelValue(key.app);
  }

  get service(): Service | null {
    if (this.serviceName !== null) return this.watched.services.get(this.serviceName);
    return (
      this.watched.services
        .of(this.appLabel)
        .find((one) => this.isOurs(one) && annotation.selector in (one.metadata?.annotations ?? {})) ?? null
    );
  }

  get canaryService(): Service | null {
    const name = this.service?.metadata?.name;
    return name === undefined ? null : this.watched.services.get(canaryServiceOf(name));
  }

  /** What the manifests select; a Service that we did not touch has it still. */
  get selector(): Selector {
    const { service } = this;
    const kept = service?.metadata?.annotations?.[annotation.selector];
    return kept === undefined ? (service?.spec?.selector ?? {}) : (JSON.parse(kept) as Selector);
  }

  /** Ours, and those without an owner whose pods the Service would select. */
  get deployed(): readonly Deployed[] {
    const { selector } = this;
    return this.watched.deployments
      .of(this.appLabel)
      .filter((one) => this.isOurs(one) || (isNobodys(one) && matches(selector, templateLabels(one))))
      .map((deployment) => this.describe(deployment));
  }

  ofRelease(release: string): Deployed | null {
    return this.deployed.find((one) => one.release === release) ?? null;
  }

  named(name: string): Deployed | null {
    return this.deployed.find((one) => one.name === name) ?? null;
  }

  /** The Deployments that the Service sends its traffic to. */
  get serving(): readonly Deployed[] {
    return this.selectedBy(this.service).filter(({ desired, ready }) => desired > 0 || ready > 0);
  }

  selectedBy(service: Service | null): readonly Deployed[] {
    if (!service) return [];
    const pin = pinOf(service);
    if (pin === null)
      return this.deployed.filter(({ deployment }) =>
        matches(service.spec?.selector ?? {}, templateLabels(deployment)),
      );
    return this.deployed.filter(({ name }) => name === pin);
  }

  /** Pods of a Deployment; those of one that we did not make are known by the names of their ReplicaSets. */
  podsOf({ name, managed, deployment }: Deployed): readonly Pod[] {
    const pods = this.watched.pods.of(this.appLabel);
    if (managed) {
      const ours = pods.filter((pod) => pod.metadata?.labels?.[label.workload] === name);
      // Pods from before it was ours, while it is rolled in place.
      return ours.length > 0 && !isRolling(deployment) ? ours : pods.filter((pod) => isPodOf(pod, name));
    }
    return pods.filter((pod) => isPodOf(pod, name));
  }

  /** Names of the pods that are ready endpoints of a Service. */
  endpointsOf(service: string): ReadonlySet<string> {
    const slices = this.watched.slices
      .of(this.appLabel)
      .filter((one) => one.metadata?.labels?.[label.serviceName] === service);
    return new Set(
      slices.flatMap(({ endpoints }) =>
        (endpoints ?? []).flatMap(({ conditions, targetRef }) =>
          conditions?.ready !== false && targetRef?.name !== undefined ? [targetRef.name] : [],
        ),
      ),
    );
  }

  /** The share of the canary Service is the router's; the rest goes to the Service. */
  state(canaryShare: number): TrafficState {
    const weights = new Map<string, number>();
    const add = (shares: readonly Share[], part: number) => {
      for (const { release, weight } of shares)
        weights.set(release, (weights.get(release) ?? 0) + (weight * part) / 100);
    };
    const canary = this.selectedBy(this.canaryService);
    const split = canary.length > 0 ? canaryShare : 0;
    add(this.sharesOf(this.serving), 100 - split);
    add(this.sharesOf(canary), split);
    return {
      stableRelease: this.service?.metadata?.annotations?.[annotation.stable] ?? null,
      weights: [...weights].map(([release, weight]) => ({ release, weight })).filter(({ weight }) => weight > 0),
      replicas: this.deployed
        .filter(({ desired, ready }) => desired > 0 || ready > 0)
        .map(({ release, ready, desired }) => ({ release, ready, desired })),
      url: this.url,
    };
  }

  private get url(): string | null {
    const { service } = this;
    const ingress = service?.status?.loadBalancer?.ingress?.[0];
    const host = ingress?.hostname ?? ingress?.ip;
    const port = service?.spec?.ports?.[0]?.port;
    return host === undefined ? null : `http://${host}${port === undefined || port === 80 ? '' : `:${port}`}`;
  }

  private sharesOf(serving: readonly Deployed[]): readonly Share[] {
    const [only, second] = serving;
    if (!only) return [];
    if (!second) return this.sharesWithin(only);
    const declared = canaryOf(this.service);
    const candidate = declared && serving.find(({ release }) => release === declared.release);
    const other = serving.find((one) => one !== candidate);
    // The ratio of replicas comes as near to it as it can.
    if (declared && candidate && other) {
      return [
        { release: candidate.release, weight: declared.weight },
        { release: other.release, weight: 100 - declared.weight },
      ];
    }
    return inHundred(serving.map(({ release, ready }) => ({ release, weight: ready })));
  }

  /** While it is rolled in place, pods of two releases serve. */
  private sharesWithin(one: Deployed): readonly Share[] {
    const previous = one.deployment.metadata?.annotations?.[annotation.previous];
    if (previous === undefined || !isRolling(one.deployment)) return [{ release: one.release, weight: 100 }];
    const ready = this.podsOf(one).filter(isReady);
    const slug = labelValue(slugOf(one.release));
    const fresh = ready.filter((pod) => pod.metadata?.labels?.[label.release] === slug).length;
    return inHundred([
      { release: one.release, weight: fresh },
      { release: previous, weight: ready.length - fresh },
    ]);
  }

  private describe(deployment: Deployment): Deployed {
    const name = deployment.metadata?.name ?? '';
    const release = deployment.metadata?.annotations?.[annotation.release];
    return {
      deployment,
      name,
      managed: release !== undefined && this.isOurs(deployment),
      release: release ?? unmanagedRelease(name),
      desired: deployment.spec?.replicas ?? 1,
      ready: deployment.status?.readyReplicas ?? 0,
    };
  }

  private isOurs({ metadata }: Deployment | Service): boolean {
    const labels = metadata?.labels;
    return labels?.[label.app] === this.appLabel && labels?.[label.environment] === labelValue(this.key.environment);
  }
}

interface Share {
  readonly release: string;
  readonly weight: number;
}

/** The Deployment that a Service is pinned to; null: it selects what its manifests say. */
export function pinOf(service: Service): string | null {
  const selector = service.spec?.selector ?? {};
  if (label.podTemplateHash in selector) return service.metadata?.annotations?.[annotation.pinned] ?? noWorkload;
  return selector[label.workload] ?? null;
}

export interface DeclaredCanary {
  readonly release: string;
  readonly weight: number;
  /** What the other side had, and gets back. */
  readonly stableReplicas: number;
}

export function canaryOf(service: Service | null): DeclaredCanary | null {
  const text = service?.metadata?.annotations?.[annotation.canary];
  return text ? (JSON.parse(text) as DeclaredCanary) : null;
}

export function matches(selector: Selector, labels: Selector): boolean {
  return Object.entries(selector).every(([name, value]) => labels[name] === value);
}

export function templateLabels(deployment: Deployment): Selector {
  return deployment.spec?.template?.metadata?.labels ?? {};
}

export function isReady({ metadata, status }: Pod): boolean {
  const isRunning = metadata?.deletionTimestamp === undefined;
  return (
    isRunning && (status?.conditions ?? []).some(({ type, status: value }) => type === 'Ready' && value === 'True')
  );
}

/** Whether its pods are not all of its newest template. */
export function isRolling({ metadata, spec, status }: Deployment): boolean {
  if ((status?.observedGeneration ?? 0) < (metadata?.generation ?? 0)) return true;
  const desired = spec?.replicas ?? 1;
  return (status?.updatedReplicas ?? 0) < desired || (status?.replicas ?? 0) > (status?.updatedReplicas ?? 0);
}

export function isNobodys({ metadata }: Deployment | Service): boolean {
  return metadata?.labels?.[label.app] === undefined;
}

function isPodOf({ metadata }: Pod, deployment: string): boolean {
  const hash = metadata?.labels?.[label.podTemplateHash];
  return (metadata?.ownerReferences ?? []).some(
    ({ kind, name }) => kind === 'ReplicaSet' && name === `${deployment}-${hash}`,
  );
}

/** Counts as shares of 100 in whole numbers; the first one gets what rounding leaves. */
export function inHundred(counts: readonly Share[]): readonly Share[] {
  const sum = counts.reduce((total, { weight }) => total + weight, 0);
  if (sum === 0) return [];
  const rest = counts.slice(1).map(({ release, weight }) => ({ release, weight: Math.round((weight * 100) / sum) }));
  const [first] = counts;
  const left = 100 - rest.reduce((total, { weight }) => total + weight, 0);
  return first ? [{ release: first.release, weight: left }, ...rest] : [];
}
