import { lookUp } from './platform';
import type { MetricSourcePlan } from './release-plan';
import type { MetricSourceSpec } from './schema/metric-source';
import type { ProductionPlatform } from './schema/production-platform';
import { defaultDatadogSite } from './vendor-addresses';

/** What an environment is measured with when nothing is named. */
const defaultSource = 'builtin';

/** The entry span of a service that is instrumented by OpenTelemetry, or by Datadog's tracers with schema v1. */
const defaultOperation = 'http.server.request';

/**
 * The metric source of a stage: its `analytics_engine`, else its environment's `monitoring`, else the built-in one. An
 * engine is a source or a family of them (`exercise7` is `exercise7-analytics` where the environment names that).
 * Null: the platform has none of the name.
 */
export function findSource(
  { spec }: ProductionPlatform,
  engine: string | undefined,
  monitoring: string | undefined,
): MetricSourcePlan | null {
  const own = Object.keys(spec.metric_sources);
  const isFamily = engine !== undefined && !own.includes(engine) && monitoring?.startsWith(`${engine}-`);
  const relative = own.find((name) => name.startsWith(`${engine}-`));
  const name =
    isFamily || engine === undefined
      ? (monitoring ?? defaultSource)
      : own.includes(engine)
        ? engine
        : (relative ?? engine);
  const source: MetricSourceSpec | undefined =
    lookUp(spec.metric_sources, name) ?? (name === defaultSource ? { type: 'builtin', queries: {} } : undefined);
  if (!source) return null;
  return planOf(name, source);
}

function planOf(name: string, source: MetricSourceSpec): MetricSourcePlan {
  const { type, url = null, secret = null, queries } = source;
  return { name, type, url, secret, queries, ...vendorPlan(source) };
}

/** The rules that `checkMetricSource` has enforced make the fall-backs of required fields unreachable. */
function vendorPlan(source: MetricSourceSpec): Pick<MetricSourcePlan, 'datadog' | 'newRelic'> {
  switch (source.type) {
    case 'datadog': {
      const {
        site = defaultDatadogSite,
        application_secret: applicationSecret = '',
        operation = defaultOperation,
      } = source;
      return { datadog: { site, applicationSecret, operation } };
    }
    case 'new_relic': {
      const { account = 0, region = 'us' } = source;
      return { newRelic: { account, region } };
    }
    default:
      return {};
  }
}
