import type { DeployActivities, ReleaseRef } from '../../contracts/activities';
import type { MetricTarget } from '../../definition/release-plan';
import type { MetricSources } from './port';

/**
 * Deploy activities that tell the built-in analytics what will be compared: the candidate and the release that serves
 * are scraped from the moment a deployment begins, and what was promoted from then on. Without it a blue-green release
 * has no baseline, because the old release gets no requests any more when the first analysis begins.
 *
 * The metrics must be those of the observer of the same process. Where deploy workers and observers are processes of
 * their own, the observer knows of a release from its first analysis on, and blue-green with a judge needs Prometheus.
 */
export function measureDeployments(
  deploy: DeployActivities,
  metrics: Pick<MetricSources, 'warm' | 'keep'>,
): DeployActivities {
  return {
    ...deploy,
    prepareRelease: async (input) => {
      metrics.warm(targetOf(input, input.release));
      const { namespace, cluster, environment, region, app } = input;
      const where = { namespace, cluster, environment, ...(region === undefined ? {} : { region }) };
      // A cluster that cannot tell will say why when the release is prepared: measuring is in nobody's way.
      const traffic = await deploy.describeTraffic({ ...where, app: app.name }).catch(() => null);
      if (traffic?.stableRelease != null) metrics.keep(targetOf(input, traffic.stableRelease));
      return deploy.prepareRelease(input);
    },
    promoteRelease: async (input) => {
      const state = await deploy.promoteRelease(input);
      metrics.keep(targetOf(input, input.release));
      return state;
    },
  };
}

/** In the built-in source: the only one that must know beforehand. */
function targetOf({ namespace, cluster, environment, region, app }: ReleaseRef, release: string): MetricTarget {
  const source = { name: 'builtin', type: 'builtin', url: null, secret: null, queries: {} } as const;
  const where = { cluster, namespace, environment, ...(region === undefined ? {} : { region }) };
  return { source, ...where, app: app.name, release, appMetrics: app.metrics };
}
