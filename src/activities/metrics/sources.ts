import { assertNever } from '../../contracts/errors';
import type { MetricTarget } from '../../definition/release-plan';
import type { SecretResolver } from '../secrets';
import { type BuiltinOptions, createBuiltinSource } from './builtin';
import { createDatadogSource } from './datadog';
import { createNewRelicSource } from './new-relic';
import type { MetricSource, MetricSources } from './port';
import { createPrometheusSource } from './prometheus';

export interface MetricSourcesOptions extends BuiltinOptions {
  readonly secrets: SecretResolver;
}

/** Every metric source of this version; a new one is one file and one case here. */
export function createMetricSources(options: MetricSourcesOptions): MetricSources {
  const builtin = createBuiltinSource(options);
  const prometheus = createPrometheusSource({ secrets: options.secrets });
  const datadog = createDatadogSource({ secrets: options.secrets });
  const newRelic = createNewRelicSource({ secrets: options.secrets });
  const of = ({ source }: MetricTarget): MetricSource => {
    switch (source.type) {
      case 'builtin':
        return builtin;
      case 'prometheus':
        return prometheus;
      case 'datadog':
        return datadog;
      case 'new_relic':
        return newRelic;
      default:
        return assertNever(source.type, 'type of a metric source');
    }
  };
  return {
    read: (request) => of(request.target).read(request),
    history: (request) => of(request.target).history(request),
    warm: (target) => of(target).warm(target),
    keep: (target) => of(target).keep(target),
    stop: () => {
      builtin.stop();
      prometheus.stop();
      datadog.stop();
      newRelic.stop();
    },
  };
}
