import type { MetricTarget } from '../../definition/release-plan';

/** Fills in `{{name}}`; a name that nobody knows stays as it is, so that the monitoring system complains about it. */
export function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{\s*(\w+)\s*\}\}/g, (placeholder, name: string) => ownOf(values, name) ?? placeholder);
}

/**
 * Fills in what every template may name.
 *
 * @param escaped makes a name safe where the query language has it: a release may be called anything
 * @param more what this kind of query may name beside it
 */
export function fillForTarget(
  template: string,
  target: MetricTarget,
  escaped: (text: string) => string,
  more: Readonly<Record<string, string>>,
): string {
  return fillTemplate(template, {
    app: escaped(target.app),
    environment: escaped(target.environment),
    region: escaped(target.region ?? ''),
    release: escaped(target.release),
    namespace: escaped(target.namespace),
    ...more,
  });
}

/** Undefined where there is none of its own: a metric may be called `constructor`. */
export function ownOf<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** Requests in the window: how much is behind the other figures. Overridable in `queries` under this name. */
export const requestsQuery = 'requests';

/** What nobody can be asked for, and how to change that. */
export function noQueryFor(metric: string, source: string): string {
  return `no query is known for ${metric}: give one in \`queries\` of the metric source ${source}`;
}
