import type { ReleaseRef } from '../../../contracts/activities';
import type { Adoption } from '../../../contracts/cluster-changes';
import { failure } from '../../../contracts/errors';
import type { KubernetesAppPlan } from '../../../definition/release-plan';
import type { KubernetesSettings } from '../../../definition/schema/production-platform';
import type { DeployContext } from '../port';
import { type KubeObject, type KubernetesApi, keyOf, type ObjectKey } from './api';
import { ApiError, clusterFailure } from './api-errors';
import { adoption } from './changes/adoption';
import { Owners } from './changes/owners';
import type { Informer } from './informer';
import { annotation, fieldManager, label, ownerLabels } from './names';
import { AppView } from './observed';
import { done, until, waiting } from './wait';
import type { WatchedNamespace } from './watched-namespace';

/** Writes take effect in the watches within milliseconds; longer means that the API server is away, which does not count. */
const seenSeconds = 60;
/** Each loss means that somebody else has won; nobody writes one object that often in a row. */
const maxTries = 8;

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
    const isNew = live !== null && !this.isOurs(live);
    const before = isNew ? await this.takeOver(keyOf(object)) : null;
    try {
      const written = await this.api.apply(object, force || isNew);
      if (before) this.adopted.push(adoption(before, written));
      return written;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (await this.isOurChange(keyOf(object), error)) return await this.forced(object);
      throw clusterFailure(error, this.ref.cluster.name);
    }
  }

  /**
   * Whether all who own the fields are us (patches of ours are another manager to the server than applies of ours), or those
   * whom we took the object over from, who have left it alone since.
   */
  private async isOurChange(key: ObjectKey, { owners }: ApiError): Promise<boolean> {
    const others = owners.filter(({ manager }) => manager !== fieldManager);
    if (others.length === 0) return owners.length > 0;
    const live = await this.api.get(key);
    if (!live || !(annotation.adoptedFrom in (live.metadata?.annotations ?? {}))) return false;
    const foreign = new Set(new Owners(live.metadata).foreign.map(({ manager }) => manager));
    return others.every(({ manager }) => !foreign.has(manager));
  }

  /** Says on the object who has written it until now: what they own is no drift. Answers with it as it was. */
  private async takeOver(key: ObjectKey): Promise<KubeObject | null> {
    // Read anew: the watches do not keep who has written what.
    const before = await this.api.get(key);
    if (!before || annotation.adoptedFrom in (before.metadata?.annotations ?? {})) return before;
    // By a patch, because what is in no apply is taken back by no apply.
    const annotations = { [annotation.adoptedFrom]: new Owners(before.metadata).others };
    await this.api.patch(key, { metadata: { annotations } });
    return before;
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
        if (!(error instanceof ApiError) || tries === maxTries) throw clusterFailureOr(error, this.ref.cluster.name);
        live = await this.api.get<T>(key);
      }
    }
    return null;
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
