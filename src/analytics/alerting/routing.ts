import type { AlertFact, AlertGroup, AlertingConfig } from '../../contracts/alerting';
import type { AlertMatchers, AlertRoute } from '../../definition/alerting-plan';
import { hashOf } from '../../definition/hash';

type Labelled = Pick<AlertFact, 'labels' | 'severity'>;

export function labelValue({ labels, severity }: Labelled, label: string): string {
  if (Object.hasOwn(labels, label)) return labels[label] ?? '';
  return label === 'severity' ? severity : '';
}

export function matches(alert: Labelled, matchers: AlertMatchers): boolean {
  return Object.entries(matchers).every(([label, values]) => values.includes(labelValue(alert, label)));
}

/** Silences name one exact value a label. */
export function matchesExactly(alert: Labelled, matchers: Readonly<Record<string, string>>): boolean {
  return Object.entries(matchers).every(([label, value]) => labelValue(alert, label) === value);
}

/**
 * The newest that was told holds. One without routes tells nobody, so it never takes the place of one that tells people:
 * a release that somebody tries without a platform must not make the alerts of others silent.
 */
export function configOf(held: AlertingConfig | null, told: AlertingConfig): AlertingConfig {
  return held !== null && told.alerting.routes.length === 0 ? held : told;
}

/** Those that take the alert. One that no route takes is told to nobody, and is still listed. */
export function routesOf({ alerting }: AlertingConfig, alert: Labelled): AlertRoute[] {
  const taken: AlertRoute[] = [];
  for (const route of alerting.routes) {
    if (!matches(alert, route.matchers)) continue;
    taken.push(route);
    if (!route.goOn) break;
  }
  return taken;
}

/** The route of a group; one that the platform has no more is told as the last route is. */
export function routeOf({ alerting }: AlertingConfig, { route }: Pick<AlertGroup, 'route'>): AlertRoute | null {
  return alerting.routes.find(({ name }) => name === route) ?? alerting.routes.at(-1) ?? null;
}

export function newGroup(route: AlertRoute, alert: Labelled): AlertGroup {
  const labels = Object.fromEntries(route.groupBy.map((label) => [label, labelValue(alert, label)]));
  return {
    id: hashOf([route.name, labels]).slice(0, 16),
    route: route.name,
    labels,
    members: {},
    beyond: [],
    dueAt: null,
    repeatAt: null,
    firstToldAt: null,
    lastToldAt: null,
    escalated: 0,
    acknowledgementTold: false,
    told: {},
  };
}
