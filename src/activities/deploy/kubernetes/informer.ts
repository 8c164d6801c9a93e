import type { KubernetesListObject, KubernetesObject, ListWatch, makeInformer } from '@kubernetes/client-node';
import type { KubeObject } from './api';
import { ApiError, clusterFailure, mayBeRenewed } from './api-errors';
import type { Connection } from './connection';
import { label } from './names';

/** Between two tries to reach a server that is down: soon enough to see it come back, seldom enough not to hinder it. */
const retryMs = { first: 250, last: 5_000 } as const;
/** The server ends a watch after this long, and it is taken up again where it was: a connection that died unseen is noticed. */
const watchSeconds = 290;

/** Under this key are objects without a label of ours: they may concern any app. */
const unlabelled = '';

/**
 * All objects of one kind in a namespace, kept up to date by one list and one watch, found by app. It outlives restarts of
 * the API server: what was known stays, and what was missed comes when it is back.
 */
export class Informer<T extends KubeObject> {
  /** False while the API server cannot be reached: nothing can be concluded from silence. */
  connected = false;
  private readonly byName = new Map<string, T>();
  private readonly byApp = new Map<string, Map<string, T>>();
  private informer: ListWatch<KubernetesObject> | null = null;
  private retry: NodeJS.Timeout | null = null;
  private failures = 0;
  private listed = false;
  private lastError: unknown = null;
  private stopped = false;

  constructor(
    private readonly connection: Connection,
    /** `/api/v1/namespaces/shop/pods` */
    private readonly path: string,
    private readonly onChange: (app: string) => void,
  ) {}

  /** Resolves with the first list. Throws ours when it cannot be had; it is then of no further use. */
  async start(): Promise<void> {
    const { makeInformer } = await import('@kubernetes/client-node');
    const informer = this.make(makeInformer);
    this.informer = informer;
    await informer.start();
    if (this.listed) return;
    await this.stop();
    throw clusterFailure(this.lastError, this.connection.cluster);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.retry) clearTimeout(this.retry);
    await this.informer?.stop();
  }

  get(name: string): T | null {
    return this.byName.get(name) ?? null;
  }

  /** Those of an app (`framework0.io/app`), and those that are nobody's. */
  of(app: string): readonly T[] {
    return [...(this.byApp.get(app)?.values() ?? []), ...(this.byApp.get(unlabelled)?.values() ?? [])];
  }

  all(): readonly T[] {
    return [...this.byName.values()];
  }

  private make(create: typeof makeInformer): ListWatch<KubernetesObject> {
    const path = `${this.path}?timeoutSeconds=${watchSeconds}&allowWatchBookmarks=true`;
    const informer = create(this.connection.kubeConfig, path, () => this.list()) as ListWatch<KubernetesObject>;
    const put = (object: KubernetesObject) => this.put(object as T);
    informer.on('add', put);
    informer.on('update', put);
    informer.on('delete', (object) => this.remove(object as T));
    informer.on('error', (error) => this.reconnect(error));
    return informer;
  }

  private async list(): Promise<KubernetesListObject<KubernetesObject>> {
    const what = `${this.path.split('/').at(-1)}`;
    const list = await this.connection.request<KubernetesListObject<KubernetesObject>>({
      method: 'GET',
      path: this.path,
      what,
    });
    this.listed = true;
    this.seen();
    return list;
  }

  private put(object: T): void {
    this.seen();
    // Half of its size, and nobody here reads it.
    if (object.metadata) delete object.metadata.managedFields;
    const name = object.metadata?.name ?? '';
    const before = this.byName.get(name);
    if (before && appOf(before) !== appOf(object)) this.byApp.get(appOf(before))?.delete(name);
    this.byName.set(name, object);
    const group = this.byApp.get(appOf(object)) ?? new Map<string, T>();
    this.byApp.set(appOf(object), group.set(name, object));
    this.onChange(appOf(object));
  }

  private remove(object: T): void {
    this.seen();
    const name = object.metadata?.name ?? '';
    this.byName.delete(name);
    this.byApp.get(appOf(object))?.delete(name);
    this.onChange(appOf(object));
  }

  private seen(): void {
    this.connected = true;
    this.failures = 0;
  }

  private reconnect(error: unknown): void {
    this.lastError = watchError(error, this.path);
    if (!this.listed || this.stopped || this.retry) return;
    this.connected = false;
    const delayMs = Math.min(retryMs.last, retryMs.first * 2 ** this.failures);
    this.failures += 1;
    this.retry = setTimeout(() => void this.restart(), delayMs);
  }

  /** Goes on from the version that was seen last; the informer lists anew where that is too old. */
  private async restart(): Promise<void> {
    this.retry = null;
    const failuresBefore = this.failures;
    try {
      if (mayBeRenewed(this.lastError)) this.connection.renew();
      await this.informer?.start();
    } catch (error) {
      // Credentials that cannot be read just now: a rejection that nobody awaits would end the worker.
      this.reconnect(error);
    }
    if (this.failures === failuresBefore && !this.retry) this.connected = true;
  }
}

function appOf(object: KubeObject): string {
  return object.metadata?.labels?.[label.app] ?? unlabelled;
}

/** The client's watch tells an answer of the server by a plain error with its status. */
function watchError(error: unknown, path: string): unknown {
  const statusCode = (error as { statusCode?: unknown }).statusCode;
  if (error instanceof ApiError || typeof statusCode !== 'number') return error;
  return new ApiError(statusCode, { message: error instanceof Error ? error.message : '' }, `watching ${path}`, null);
}
