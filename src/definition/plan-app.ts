import { asList } from './lists';
import type { AppMetrics, AppPlan, KubernetesAppPlan } from './release-plan';
import { type App, type AppDocument, metricsSchema } from './schema/app';

/** @param source absolute path of the app's folder */
export function planApp({ metadata, spec }: AppDocument, source: string): AppPlan {
  const { synthetic_traffic: synthetic, kubernetes } = spec;
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
    ...(kubernetes ? { kubernetes: planKubernetes(kubernetes, metadata.name) } : {}),
  };
}

function planKubernetes(spec: NonNullable<App['kubernetes']>, app: string): KubernetesAppPlan {
  return {
    manifests: manifestsOf(spec),
    image: spec.image,
    workload: spec.workload ?? app,
    container: spec.container ?? null,
    service: spec.service ?? app,
  };
}

/** The schema has seen to it that there is exactly one of them. */
function manifestsOf({ manifests, kustomize, helm }: NonNullable<App['kubernetes']>): KubernetesAppPlan['manifests'] {
  if (helm) return { kind: 'helm', chart: helm.chart, values: helm.values };
  return kustomize === undefined ? { kind: 'folder', path: manifests ?? '.' } : { kind: 'kustomize', path: kustomize };
}

function planMetrics(metrics: App['metrics']): AppMetrics | null {
  if (metrics === undefined) return null;
  const { path, requests, status_label, duration } =
    typeof metrics === 'string' ? metricsSchema.parse({ path: metrics }) : metrics;
  return { path, requests, statusLabel: status_label, duration };
}
