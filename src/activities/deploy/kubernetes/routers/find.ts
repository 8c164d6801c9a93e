import { failure } from '../../../../contracts/errors';
import { httpRoute } from './gateway';
import { virtualService } from './istio';
import { nginxIngress } from './nginx';
import type { RoutedService, Router } from './port';
import { type RouteKind, weightedRoutes } from './weighted-routes';

/** The router of a Service, as the cluster's settings ask for it; null: the ratio of replicas splits. */
export async function findRouter(routed: RoutedService): Promise<Router | null> {
  switch (routed.settings.router) {
    case 'service':
    case 'replicas':
      return null;
    case 'gateway':
      return required(routed, httpRoute);
    case 'istio':
      return required(routed, virtualService);
    case 'nginx':
      return (await nginxIngress(routed, true)) ?? absent(routed, 'Ingress');
    case 'auto':
      return (
        (await routesOf(routed, httpRoute)) ??
        (await routesOf(routed, virtualService)) ??
        (await nginxIngress(routed, false))
      );
  }
}

async function routesOf(routed: RoutedService, route: RouteKind): Promise<Router | null> {
  for (const apiVersion of route.apiVersions) {
    if (await routed.watched.api.knows(apiVersion, route.kind)) return weightedRoutes(routed, route, apiVersion);
  }
  return null;
}

async function required(routed: RoutedService, route: RouteKind): Promise<Router> {
  const found = await routesOf(routed, route);
  if (found) return found;
  const { api } = routed.watched;
  const known = await Promise.all(route.apiVersions.map((apiVersion) => api.knows(apiVersion, route.kind)));
  if (known.includes(true)) return absent(routed, route.kind);
  throw failure(
    'NotFound',
    `cluster "${routed.cluster}" has router ${routed.settings.router}, and does not know ${route.kind} (${route.apiVersions[0]}): install its CustomResourceDefinition, or set router to auto`,
  );
}

function absent({ cluster, settings, watched, service }: RoutedService, kind: string): never {
  throw failure(
    'NotFound',
    `cluster "${cluster}" has router ${settings.router}, and no ${kind} in namespace ${watched.namespace} leads to Service ${service}: add one to the manifests, or set router to auto`,
  );
}
