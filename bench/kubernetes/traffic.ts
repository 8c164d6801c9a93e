import { DiscoveryV1Api, KubeConfig, makeInformer, type V1EndpointSlice } from '@kubernetes/client-node';

/** When the Services of a namespace sent traffic to whom, by every change of their EndpointSlices. */
export interface TrafficWatch {
  /**
   * Milliseconds since the epoch: from when on a Service had no ready endpoint any more whose pod's name begins so.
   * Null: it still has one, or never had.
   */
  goneAt(service: string, podPrefix: string): number | null;
  stop(): Promise<void>;
}

interface Seen {
  readonly at: number;
  readonly pods: readonly string[];
}

export async function watchTraffic(kubeconfig: string, namespace: string): Promise<TrafficWatch> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const api = config.makeApiClient(DiscoveryV1Api);
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
  const informer = makeInformer(config, path, () => api.listNamespacedEndpointSlice({ namespace }));
  const history = new Map<string, Seen[]>();
  let isStopped = false;
  // A Service with fewer than a hundred endpoints has one slice.
  const see = ({ metadata, endpoints }: V1EndpointSlice) => {
    const service = metadata?.labels?.['kubernetes.io/service-name'] ?? '';
    const ready = (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false);
    const seen = { at: Date.now(), pods: ready.map(({ targetRef }) => targetRef?.name ?? '') };
    history.set(service, [...(history.get(service) ?? []), seen]);
  };
  informer.on('add', see);
  informer.on('update', see);
  // The server ends a watch every few minutes.
  informer.on('error', () => {
    if (!isStopped) setImmediate(() => void informer.start());
  });
  await informer.start();
  return {
    goneAt: (service, podPrefix) => {
      const all = history.get(service) ?? [];
      const last = all.findLastIndex(({ pods }) => pods.some((pod) => pod.startsWith(podPrefix)));
      return (last < 0 ? undefined : all[last + 1]?.at) ?? null;
    },
    stop: async () => {
      isStopped = true;
      await informer.stop();
    },
  };
}
