import type { ImportContext } from './context';
import type { FlaggerSpec } from './flagger-schema';
import type { ForeignObject } from './foreign-object';
import type { Router } from './platform-draft';

/** By the first word of the provider, `gatewayapi:v1`; the names of routes are found by the target. */
const routers: Readonly<Record<string, Router>> = {
  kubernetes: 'service',
  istio: 'istio',
  nginx: 'nginx',
  gatewayapi: 'gateway',
};

export function routerOf({ provider }: FlaggerSpec, object: ForeignObject, { report }: ImportContext): Router {
  const found = routers[provider?.split(':')[0] ?? ''] ?? null;
  if (provider === undefined || found !== null) return found;
  const remedy = 'router of the cluster: auto, gateway, istio, nginx or replicas';
  report.unsupported({ object, path: ['spec', 'provider'] }, `"${provider}" does not split the traffic here`, remedy);
  return null;
}

/** What is deployed and by which routes it is reached is said in the manifest of the app. */
export function tellOfTarget(
  { targetRef, service, ingressRef, routeRef }: FlaggerSpec,
  object: ForeignObject,
  context: ImportContext,
): void {
  const tell = (key: string, message: string, remedy: string) =>
    context.report.unsupported({ object, path: ['spec', key] }, message, remedy);
  const kind = targetRef.kind ?? 'Deployment';
  if (kind === 'Deployment') {
    const remedy = `workload: ${targetRef.name} in spec.kubernetes of f0.app.yaml`;
    tell('targetRef', 'the workload is named by the manifest of the app', remedy);
  } else {
    tell('targetRef', `a ${kind} is not deployed by strategies`, 'run it as a Deployment, or deploy it by a command');
  }
  if (service) {
    const fields = Object.keys(service).join(', ');
    const remedy =
      'write Service and route into the manifests, and its name into spec.kubernetes.service of f0.app.yaml';
    tell('service', `no Service is made (${fields})`, remedy);
  }
  const remedy = 'keep the route in the manifests: the target finds it by the Service of the app';
  if (ingressRef) tell('ingressRef', 'the route is not named', remedy);
  if (routeRef) tell('routeRef', 'the route is not named', remedy);
}
