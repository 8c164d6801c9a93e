import { KubeConfig, makeInformer, type V1EndpointSlice } from '@kubernetes/client-node';
import { waitFor } from '../../support/wait-for';

/** Watches the endpoints of a Service by every change of its EndpointSlices, and keeps the moments in which there was none. */
export interface EndpointWatcher {
  /** Names of the pods that are ready endpoints now. */
  now(): readonly string[];
  /** Changes seen since the watch began: a watcher that saw none proves nothing. */
  readonly changes: number;
  /** From the first endpoint on: what was so whenever there was none. */
  readonly gaps: readonly string[];
  stop(): Promise<void>;
}

export async function watchEndpoints(kubeconfig: string, namespace: string, service: string): Promise<EndpointWatcher> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const slices = new Map<string, V1EndpointSlice>();
  const gaps: string[] = [];
  let changes = 0;
  let hadSome = false;
  let stopped = false;

  const now = () =>
    [...slices.values()].flatMap(({ endpoints }) =>
      (endpoints ?? [])
        .filter(({ conditions }) => conditions?.ready !== false)
        .map(({ targetRef }) => targetRef?.name ?? '?'),
    );
  const look = (what: string) => {
    changes += 1;
    const found = now();
    if (found.length === 0 && hadSome) gaps.push(what);
    hadSome ||= found.length > 0;
  };

  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
  const selector = `kubernetes.io/service-name=${service}`;
  const { DiscoveryV1Api } = await import('@kubernetes/client-node');
  const api = config.makeApiClient(DiscoveryV1Api);
  const informer = makeInformer(
    config,
    path,
    () => api.listNamespacedEndpointSlice({ namespace, labelSelector: selector }),
    selector,
  );
  const put = (slice: V1EndpointSlice) => {
    slices.set(slice.metadata?.name ?? '', slice);
    look(`${slice.metadata?.name} has ${slice.endpoints?.length ?? 0} endpoints`);
  };
  informer.on('add', put);
  informer.on('update', put);
  informer.on('delete', (slice) => {
    slices.delete(slice.metadata?.name ?? '');
    look(`${slice.metadata?.name} was deleted`);
  });
  // The API server may be stopped by the test: taken up again where it was, so that no change is missed.
  informer.on('error', () => {
    if (!stopped) setTimeout(() => informer.start().catch(() => {}), 100).unref();
  });
  await informer.start();

  return {
    now,
    get changes() {
      return changes;
    },
    gaps,
    stop: async () => {
      stopped = true;
      await informer.stop();
    },
  };
}

/** Resolves when the Service has endpoints, as the watcher sees it. */
export function untilServing(watcher: EndpointWatcher): Promise<unknown> {
  return waitFor('the Service to have endpoints', () => watcher.now().length > 0);
}
