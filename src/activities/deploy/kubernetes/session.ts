import { setTimeout as delay } from 'node:timers/promises';
import type { ReleaseRef } from '../../../contracts/activities';
import type { Adoption } from '../../../contracts/cluster-changes';
import { failure } from '../../../contracts/errors';
import type { KubernetesAppPlan } from '../../../definition/release-plan';
import type { KubernetesSettings } from '../../../definition/schema/production-platform';
import type { DeployContext } from '../port';
import { type KubeObject, type KubernetesApi, keyOf, type ObjectKey } from './api';
import { ApiError, clusterFailure } from './api-errors';
import { adoption } from './changes/adoption';
import type { Informer } from './informer';
import { fieldManager, label, ownerLabels } from './names';
import { AppView } from './observed';
import { isOurChange, takeOver } from './take-over';
import { done, until, waiting } from './wait';
import type { WatchedNamespace } from './watched-namespace';

/** Writes take effect in the watches within milliseconds; longer means that the API server is away, which does not count. */
const seenSeconds = 60;
/** Each loss means that somebody else has won; nobody writes one object that often in a row. */
const maxTries = 8;
/** Doubled with each try: 1.3 s in all. */
const firstPauseMs = 10;

/** One step of one release at work in one namespace. */
export class Session {
  readonly view: AppView;
  /** What others had applied, and is ours now. */
  readonly adopted: Adoption[] = [];
  readonly plan: KubernetesAppPlan;

  constructor(
    readonly watched: WatchedNamespace,
    readonly settings: KubernetesSettings,
    readonly ref: ReleaseRef,
    readonly context: DeployContext,
    readonly api: KubernetesApi = watched.api,
  ) {
    const { app, environment, cluster } = ref;
    if (!app.kubernetes) {
      throw failure(
        'InvalidInput',
        `the app ${app.name} does not say how it is deployed to cluster "${cluster.name}": expected spec.kubernetes in its manifest`,
      );
    }
    this.plan = app.kubernetes;
    this.view = new AppView(watched, { app: app.name, environment }, this.plan.service);
  }

  get cluster(): string {
    return this.ref.cluster.name;
  }

  get service(): string {
    return this.plan.service;
  }

  waitFor(deadlineSeconds: number) {
    return { app: this.view.appLabel, context: this.context, deadlineSeconds };
  }

  /**
   * Server-side apply. What is new to us is taken over; of what is ours already, fields that somebody else changed since are
   * a conflict that is told, unless `force` says that it must not stand in the way.
   */
  async apply<T extends KubeObject>(object: T, live: KubeObject | null, force = false): Promise<T> {
    if (live) this.assertFree(live);
    const key = keyOf(object);
    const before = live && !this.isOurs(live) ? await takeOver(this.api, key) : null;
    for (let tries = 1; ; tries += 1) {
      try {
        const written = await this.api.apply(object, force || before !== null);
        if (before) this.adopted.push(adoption(before, written));
        return written;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (await isOurChange(this.api, key, error)) return await this.forced(object);
        // Two writes at the same moment: the server merges this one with what the other has left.
        if (error.owners.length > 0 || tries === maxTries) throw clusterFailure(error, this.cluster);
      }
    }
  }

  /** A merge patch that `compute` makes from what is there; made anew when it has changed in between. */
  async patch<T extends KubeObject>(
    key: ObjectKey,
    informer: Informer<T>,
    compute: (live: T) => object | null,
  ): Promise<T | null> {
    let live = informer.get(key.name) ?? (await this.api.get<T>(key));
    for (let tries = 1; live !== null; tries += 1) {
      const patch = compute(live) as { metadata?: object } | null;
      if (patch === null) return live;
      const { resourceVersion } = live.metadata ?? {};
      try {
        const written = await this.api.patch<T>(key, { ...patch, metadata: { ...patch.metadata, resourceVersion } });
        return await this.seen(informer, written);
      } catch (error) {
        // Conflicts alone are left to us.
        if (!(error instanceof ApiError)) throw error;
        if (tries === maxTries) throw this.neverStill(key);
        // Its controller writes its status many times a second while pods come and go.
        await delay(firstPauseMs * 2 ** (tries - 1) * (0.5 + Math.random()));
        live = await this.api.get<T>(key);
      }
    }
    return null;
  }

  /** Nobody is in the way for good: the step is tried again later. */
  private neverStill({ kind, name }: ObjectKey): Error {
    return failure(
      'Unavailable',
      `cluster "${this.cluster}": ${kind} ${name} was changed by others between each of ${maxTries} reads and writes`,
    );
  }

  /** Waits until the watch shows the object as it was written, or later: what is decided next is decided upon that. */
  async seen<T extends KubeObject>(informer: Informer<T>, written: T): Promise<T> {
    const { name = '', resourceVersion = '0' } = written.metadata ?? {};
    return until(this.watched, this.waitFor(seenSeconds), () => {
      const found = informer.get(name);
      return found && isAsNew(found.metadata?.resourceVersion, resourceVersion)
        ? done(found)
        : waiting(`${written.kind} ${name} is written`);
    });
  }

  /** Ours by its labels: of this app in this environment. */
  isOurs({ metadata }: KubeObject): boolean {
    const owner = ownerLabels(this.ref);
    return Object.entries(owner).every(([name, value]) => metadata?.labels?.[name] === value);
  }

  /** Throws when the object belongs to another app, or to this one in another environment. */
  assertFree({ kind, metadata }: KubeObject): void {
    const app = metadata?.labels?.[label.app];
    if (app === undefined || this.isOurs({ metadata: { ...metadata, labels: { ...metadata?.labels, ...managed } } }))
      return;
    const owner = `app ${app} in environment ${metadata?.labels?.[label.environment]}`;
    throw failure(
      'Conflict',
      `${kind ?? 'object'} ${metadata?.name} in namespace ${this.watched.namespace} belongs to ${owner}, not to ${this.ref.app.name} in ${this.ref.environment}: give each of them a namespace (\`namespace\` of the cluster) or names of their own`,
    );
  }

  private async forced<T extends KubeObject>(object: T): Promise<T> {
    try {
      return await this.api.apply(object, true);
    } catch (error) {
      throw clusterFailureOr(error, this.ref.cluster.name);
    }
  }
}

const managed = { [label.managedBy]: fieldManager };

function clusterFailureOr(error: unknown, cluster: string): unknown {
  return error instanceof ApiError ? clusterFailure(error, cluster) : error;
}

/** Versions of one kind of object are numbers that grow; the API says so since 1.35, and it was so before. */
function isAsNew(found: string | undefined, written: string): boolean {
  if (!found) return false;
  return /^\d+$/.test(found) && /^\d+$/.test(written) ? BigInt(found) >= BigInt(written) : found === written;
}
