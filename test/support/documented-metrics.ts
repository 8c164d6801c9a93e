import { ourMetrics, processMetrics, temporalMetrics } from '../../src/workers/metric-catalogue';

/** Every name that a documented metric can be read by. */
export function documentedMetrics(): ReadonlySet<string> {
  const families = Object.entries({ ...ourMetrics, ...temporalMetrics, ...processMetrics });
  return new Set(
    families.flatMap(([name, { type }]) =>
      type === 'histogram' ? ['_bucket', '_sum', '_count'].map((part) => `${name}${part}`) : [name],
    ),
  );
}
