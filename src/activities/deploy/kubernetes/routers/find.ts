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
  await assertRouterKnown(routed);
  return absent(routed, route.kind);
}

/** Throws `NotFound` when the settings ask for a router whose objects the cluster does not know: no canary could be split. */
export async function assertRouterKnown({ cluster, settings, watched }: Omit<RoutedService, 'service'>): Promise<void> {
  const route = settings.router === 'gateway' ? httpRoute : settings.router === 'istio' ? virtualService : null;
  if (!route) return;
  const { kind, apiVersions } = route;
  const known = await Promise.all(apiVersions.map((apiVersion) => watched.api.knows(apiVersion, kind)));
  if (known.includes(true)) return;
  throw failure(
    'NotFound',
    `cluster "${cluster}" has router ${settings.router}, and does not know ${kind} (${apiVersions[0]}): install its CustomResourceDefinition, or set router to auto`,
  );
}

function absent({ cluster, settings, watched, service }: RoutedService, kind: string): never {
  throw failure(
    'NotFound',
    `cluster "${cluster}" has router ${settings.router}, and no ${kind} in namespace ${watched.namespace} leads to Service ${service}: add one to the manifests, or set router to auto`,
  );
}
