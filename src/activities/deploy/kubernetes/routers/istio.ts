import type { Destination, RouteKind } from './weighted-routes';

/** VirtualService of Istio: weights on the destinations of `http`. */
export const virtualService: RouteKind = {
  kind: 'VirtualService',
  apiVersions: ['networking.istio.io/v1', 'networking.istio.io/v1beta1'],
  rules: 'http',
  destinations: 'route',
  // `shop`, `shop.teashop` and `shop.teashop.svc.cluster.local` are the same host inside the namespace teashop.
  serviceOf(destination, here) {
    const [service = '', namespace = here] = hostOf(destination).split('.');
    return namespace === here ? service : null;
  },
  withService(destination, service) {
    const [, ...domain] = hostOf(destination).split('.');
    const target = { ...(destination.destination as object), host: [service, ...domain].join('.') };
    return { ...destination, destination: target };
  },
};

function hostOf(destination: Destination): string {
  return String((destination.destination as { host?: unknown } | undefined)?.host ?? '');
}
