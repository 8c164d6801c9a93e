import type { MetricEndpoint } from '../../../contracts/activities';
import type { MetricTarget } from '../../../definition/release-plan';
import { label, labelValue, slugOf } from './names';
import { isReady } from './observed';
import type { Pod, WatchedNamespace } from './watched-namespace';

/** Where the built-in analytics finds the metrics of a release: at its ready pods. */
export function scrapeAddresses(watched: WatchedNamespace, target: MetricTarget): readonly MetricEndpoint[] {
  if (target.appMetrics === null) return [];
  const { path } = target.appMetrics;
  const release = labelValue(slugOf(target.release));
  const environment = labelValue(target.environment);
  return watched.pods
    .of(labelValue(target.app))
    .filter(({ metadata }) => metadata?.labels?.[label.release] === release)
    .filter(({ metadata }) => metadata?.labels?.[label.environment] === environment)
    .filter(isReady)
    .flatMap((pod) => {
      const url = addressOf(pod, path);
      return url === null ? [] : [{ replica: pod.metadata?.name ?? '', url }];
    });
}

/** By the annotations that Prometheus users know; else the first port that a container names. */
export function addressOf({ metadata, spec, status }: Pod, path: string): string | null {
  const told = metadata?.annotations ?? {};
  const named = (spec?.containers ?? []).flatMap(({ ports }) => ports ?? []).find(({ protocol }) => protocol !== 'UDP');
  const port = told['prometheus.io/port'] ?? named?.containerPort;
  const ip = status?.podIP;
  if (!ip || port === undefined) return null;
  const host = ip.includes(':') ? `[${ip}]` : ip;
  return new URL(path, `${told['prometheus.io/scheme'] ?? 'http'}://${host}:${port}`).href;
}
