import { alertingFaults } from './check-alerting';
import { channelFaults } from './check-channels';
import { identityFaults } from './check-identity';
import { kpiFaults } from './check-kpis';
import { checkMetricSource } from './check-metric-source';
import type { PathSegment } from './diagnostic';
import type { Findings } from './findings';
import { recurrenceFault } from './recurrence';
import type { ProductionPlatform } from './schema/production-platform';
import type { Fault } from './source-map';

/** What a platform's schema cannot say. */
export function checkPlatform(platform: ProductionPlatform): Findings {
  const { spec } = platform;
  const errors: Fault[] = [];
  const needs = (path: readonly PathSegment[], holds: boolean, message: string, expected: string) => {
    if (!holds) errors.push({ path, message, expected });
  };
  for (const [name, source] of Object.entries(spec.metric_sources)) {
    errors.push(...checkMetricSource(source, ['spec', 'metric_sources', name]));
  }
  errors.push(...channelFaults(spec), ...alertingFaults(spec));
  const seen = new Set<string>();
  for (const [index, { name, rrule, start }] of spec.freezes.entries()) {
    const path = ['spec', 'freezes', index];
    needs([...path, 'name'], !seen.has(name), `there is a freeze "${name}" already`, 'a name that no other freeze has');
    seen.add(name);
    const fault = rrule === undefined ? null : recurrenceFault(rrule, start);
    needs([...path, 'rrule'], fault === null, fault ?? '', 'an RFC 5545 rule such as FREQ=WEEKLY;BYDAY=FR');
  }
  const kpis = kpiFaults(platform);
  return { errors: [...errors, ...identityFaults(spec), ...kpis.errors], warnings: kpis.warnings };
}
