import { asList } from './lists';
import type { AppMetrics, AppPlan } from './release-plan';
import { type App, type AppDocument, metricsSchema } from './schema/app';

/** @param source absolute path of the app's folder */
export function planApp({ metadata, spec }: AppDocument, source: string): AppPlan {
  const { synthetic_traffic: synthetic } = spec;
  return {
    name: metadata.name,
    source,
    build: asList(spec.build),
    start: spec.start,
    healthPath: spec.health,
    metrics: planMetrics(spec.metrics),
    ...(synthetic
      ? {
          synthetic: {
            paths: synthetic.requests.map((request) => request.slice('GET '.length)),
            perSecond: synthetic.per_second,
          },
        }
      : {}),
  };
}

function planMetrics(metrics: App['metrics']): AppMetrics | null {
  if (metrics === undefined) return null;
  const { path, requests, status_label, duration } =
    typeof metrics === 'string' ? metricsSchema.parse({ path: metrics }) : metrics;
  return { path, requests, statusLabel: status_label, duration };
}
