import type {
  V1Deployment,
  V1EndpointSlice,
  V1Pod,
  V1Service,
  V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node';
import { type KubeObject, KubernetesApi } from './api';
import type { Connection } from './connection';
import { Informer } from './informer';

type Watched<T> = T & KubeObject;
export type Deployment = Watched<V1Deployment>;
export type Pod = Watched<V1Pod>;
export type Service = Watched<V1Service>;
export type EndpointSlice = Watched<V1EndpointSlice>;
export type Autoscaler = Watched<V2HorizontalPodAutoscaler>;

/** One namespace of one cluster: its API, and what is in it, watched once for all deployments of this process. */
export class WatchedNamespace {
  readonly api: KubernetesApi;
  readonly deployments: Informer<Deployment>;
  readonly pods: Informer<Pod>;
  readonly services: Informer<Service>;
  readonly slices: Informer<EndpointSlice>;
  readonly autoscalers: Informer<Autoscaler>;
  private readonly routes = new Map<string, Promise<Informer<KubeObject>>>();
  private readonly waiters = new Set<{ readonly app: string; readonly wake: () => void }>();

  private constructor(
    private readonly connection: Connection,
    readonly namespace: string,
  ) {
    this.api = new KubernetesApi(connection, namespace);
    this.deployments = this.informer(`/apis/apps/v1/namespaces/${namespace}/deployments`);
    this.pods = this.informer(`/api/v1/namespaces/${namespace}/pods`);
    this.services = this.informer(`/api/v1/namespaces/${namespace}/services`);
    this.slices = this.informer(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`);
    this.autoscalers = this.informer(`/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`);
  }

  static async open(connection: Connection, namespace: string): Promise<WatchedNamespace> {
    const opened = new WatchedNamespace(connection, namespace);
    const starts = await Promise.allSettled(opened.informers.map((informer) => informer.start()));
    const failed = starts.find((start) => start.status === 'rejected');
    if (!failed) return opened;
    await opened.close();
    throw failed.reason;
  }

  /** False while the API server cannot be reached. */
  get connected(): boolean {
    return this.informers.every(({ connected }) => connected);
  }

  /** Objects that split traffic: watched from the first time that one is asked for. */
  watchRoutes(apiVersion: string, kind: string): Promise<Informer<KubeObject>> {
    const key = `${apiVersion}/${kind}`;
    const known = this.routes.get(key) ?? this.openRoutes(apiVersion, kind);
    this.routes.set(key, known);
    known.catch(() => this.routes.delete(key));
    return known;
  }

  /** Calls `wake` soon after something of the app, or of nobody, has changed. Answers how to end that. */
  subscribe(app: string, wake: () => void): () => void {
    const waiter = { app, wake };
    this.waiters.add(waiter);
    return () => this.waiters.delete(waiter);
  }

  async close(): Promise<void> {
    const routes = await Promise.allSettled(this.routes.values());
    const opened = routes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    await Promise.all([...this.informers, ...opened].map((informer) => informer.stop()));
  }

  private get informers(): readonly Informer<KubeObject>[] {
    const { deployments, pods, services, slices, autoscalers } = this;
    return [deployments, pods, services, slices, autoscalers] as unknown as readonly Informer<KubeObject>[];
  }

  private informer<T extends KubeObject>(path: string): Informer<T> {
    return new Informer<T>(this.connection, path, (app) => this.changed(app));
  }

  private async openRoutes(apiVersion: string, kind: string): Promise<Informer<KubeObject>> {
    const informer = this.informer<KubeObject>(await this.api.pathOf({ apiVersion, kind, name: '' }));
    await informer.start();
    return informer;
  }

  private changed(app: string): void {
    for (const waiter of this.waiters) if (app === '' || waiter.app === app) waiter.wake();
  }
}
