import type { Condition, Unit } from './condition';

const latency = ['ms', 's', 'm'] as const;

/** The golden signals, and the units that make sense of them. Sources answer to these names and to their own. */
export const metricUnits: Readonly<Record<string, readonly Unit[]>> = {
  error_rate: ['%'],
  latency_p50: latency,
  latency_p95: latency,
  latency_p99: latency,
  throughput: ['rps'],
  saturation: ['%'],
  cpu: ['%'],
  memory: ['B', 'KiB', 'MiB', 'GiB'],
};

export const metricNames: readonly string[] = Object.keys(metricUnits);

/** What the built-in analytics reads: how full a resource is, an app's own metrics do not say in one way. */
export const builtinMetricNames: readonly string[] = metricNames.filter((name) => name !== 'saturation');

/** Why a condition that can be read can never mean what was meant: seconds of errors, an error rate of 200 %. */
export function unitFault({ metric, value, unit }: Condition): string | null {
  const units = Object.hasOwn(metricUnits, metric) ? (metricUnits[metric] ?? []) : null;
  if (units && unit !== null && !units.includes(unit)) {
    return `${metric} is not measured in "${unit}" but in ${units.join(', ')}`;
  }
  if (metric === 'error_rate' && value > 1) return `error_rate never passes 100%, and ${value} is ${value * 100}%`;
  return null;
}
