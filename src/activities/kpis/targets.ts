import type { MetricSourcePlan, MetricTarget } from '../../definition/release-plan';

/** What a query of a platform is asked about: an environment, and no release of it. */
export function targetOf(
  source: MetricSourcePlan,
  queries: Readonly<Record<string, string>>,
  { namespace, environment, app }: Pick<MetricTarget, 'namespace' | 'environment' | 'app'>,
): MetricTarget {
  return {
    // None but these: other templates of the source ask for a release.
    source: { ...source, queries },
    cluster: { name: '', type: 'kubernetes', settings: {} },
    namespace,
    environment,
    app,
    release: '',
    appMetrics: null,
  };
}
