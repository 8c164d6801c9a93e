import { failure } from '../../../../contracts/errors';
import type { KubeObject } from '../api';
import { canaryServiceOf } from '../names';
import type { Session } from '../session';
import { done, until, waiting } from '../wait';
import type { RoutedService, Router } from './port';

/** Rules with weighted destinations: the HTTPRoute of the Gateway API and Istio's VirtualService differ in names only. */
export interface RouteKind {
  readonly kind: string;
  readonly apiVersions: readonly string[];
  /** The list of rules in `spec`. */
  readonly rules: string;
  /** The list of destinations in a rule. */
  readonly destinations: string;
  /** The Service that a destination names; null: it is something else. */
  serviceOf(destination: Destination, namespace: string): string | null;
  withService(destination: Destination, service: string): Destination;
}

export type Destination = Readonly<Record<string, unknown>> & { readonly weight?: number };
type Rule = Readonly<Record<string, unknown>>;

const readBackSeconds = 60;

/** The router of the routes that lead to a Service; null when there are none. */
export async function weightedRoutes(
  { watched, service }: RoutedService,
  route: RouteKind,
  apiVersion: string,
): Promise<Router | null> {
  const informer = await watched.watchRoutes(apiVersion, route.kind);
  const names = { service, canary: canaryServiceOf(service) };
  const routes = () =>
    informer.all().filter((object) => rulesOf(object, route).some((rule) => leadsTo(rule, names.service)));
  if (routes().length === 0) return null;

  function leadsTo(rule: Rule, service: string): boolean {
    return destinationsOf(rule, route).some((one) => route.serviceOf(one, watched.namespace) === service);
  }

  /** The canary's share of the rules that lead to the Service: of several, the one that differs from what is asked for. */
  function shareOf(object: KubeObject, asked: number | null): number {
    const shares = rulesOf(object, route)
      .filter((rule) => leadsTo(rule, names.service))
      .map((rule) => shareIn(destinationsOf(rule, route)));
    return shares.find((share) => share !== asked) ?? shares[0] ?? 0;
  }

  function shareIn(destinations: readonly Destination[]): number {
    const of = (service: string) =>
      destinations
        .filter((one) => route.serviceOf(one, watched.namespace) === service)
        .reduce((sum, { weight = 1 }) => sum + weight, 0);
    const [stable, canary] = [of(names.service), of(names.canary)];
    return canary === 0 ? 0 : Math.round((canary * 100) / (stable + canary));
  }

  function split(rule: Rule, share: number, object: KubeObject): Rule {
    if (!leadsTo(rule, names.service)) return rule;
    const destinations = destinationsOf(rule, route);
    const stable = destinations.find((one) => route.serviceOf(one, watched.namespace) === names.service) ?? {};
    const foreign = destinations.filter((one) => {
      const service = route.serviceOf(one, watched.namespace);
      return service !== names.service && service !== names.canary;
    });
    if (foreign.some(({ weight = 1 }) => weight > 0)) {
      throw failure(
        'Conflict',
        `${route.kind} ${object.metadata?.name} splits the traffic of Service ${names.service} with another one already: give it a rule of its own`,
      );
    }
    const back = { ...stable, weight: 100 - share };
    const halves = share === 0 ? [back] : [back, { ...route.withService(stable, names.canary), weight: share }];
    return { ...rule, [route.destinations]: [...halves, ...foreign] };
  }

  async function setShare(session: Session, share: number): Promise<void> {
    for (const { metadata } of routes()) {
      const key = { apiVersion, kind: route.kind, name: metadata?.name ?? '' };
      await session.patch(key, informer, (live) => {
        if (shareOf(live, share) === share) return null;
        return { spec: { [route.rules]: rulesOf(live, route).map((rule) => split(rule, share, live)) } };
      });
    }
    await until(session.watched, session.waitFor(readBackSeconds), () => {
      const other = routes().find((object) => shareOf(object, share) !== share);
      return other ? waiting(`${route.kind} ${other.metadata?.name} gives the canary ${share}%`) : done(null);
    });
  }

  return {
    name: `${route.kind} ${routes()
      .map(({ metadata }) => metadata?.name)
      .join(', ')}`,
    share: () => Math.max(0, ...routes().map((object) => shareOf(object, null))),
    setShare,
  };
}

function rulesOf({ spec }: KubeObject, route: RouteKind): readonly Rule[] {
  return ((spec as Record<string, unknown> | undefined)?.[route.rules] as Rule[] | undefined) ?? [];
}

function destinationsOf(rule: Rule, route: RouteKind): readonly Destination[] {
  return (rule[route.destinations] as Destination[] | undefined) ?? [];
}
