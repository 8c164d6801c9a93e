import type { RouteKind } from './weighted-routes';

/** HTTPRoute of the Gateway API: weights on `backendRefs`. */
export const httpRoute: RouteKind = {
  kind: 'HTTPRoute',
  apiVersions: ['gateway.networking.k8s.io/v1', 'gateway.networking.k8s.io/v1beta1'],
  rules: 'rules',
  destinations: 'backendRefs',
  serviceOf({ kind = 'Service', group = '', name, namespace }, here) {
    return kind === 'Service' && group === '' && (namespace ?? here) === here ? String(name) : null;
  },
  withService: (destination, service) => ({ ...destination, name: service }),
};
