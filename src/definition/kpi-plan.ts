import { secondsOf } from './duration';
import { findSource } from './metric-source';
import { parsePercentage } from './percentage';
import type { MetricSourcePlan } from './release-plan';
import type { DeliverySpec } from './schema/kpis';
import type { ProductionPlatform } from './schema/production-platform';

/** In the order in which they are shown. */
export const deliveryKpiNames = [
  'deployment_frequency',
  'lead_time',
  'change_failure_rate',
  'recovery_time',
  'rework_rate',
  'approval_wait',
  'rollback_time',
  'cost_of_delay',
] as readonly string[];

/** What a platform says about figures: every default filled in, durations in seconds, shares 0..1, sources resolved. */
export interface KpiPlan {
  readonly namespace: string;
  readonly platform: string;
  readonly slos: readonly SloPlan[];
  readonly kpis: readonly BusinessKpiPlan[];
  /** Null: the environments that are named like production. */
  readonly production: readonly string[] | null;
  /** By the name of the measure. */
  readonly targets: Readonly<Record<string, number>>;
  readonly costOfDelay: {
    readonly currency: string;
    readonly perDay: number | null;
    readonly workflows: Readonly<Record<string, number>>;
  } | null;
}

export interface SloPlan {
  readonly name: string;
  readonly environment: string;
  readonly app: string;
  readonly objective: number;
  readonly windowDays: number;
  readonly source: MetricSourcePlan;
  /** Null: by the source's query `error_rate`. */
  readonly queries: { readonly good: string; readonly total: string } | null;
}

export interface BusinessKpiPlan {
  readonly name: string;
  readonly title: string;
  readonly source: MetricSourcePlan;
  readonly query: string;
  readonly windowSeconds: number;
  readonly target: number | null;
  readonly direction: 'up' | 'down';
  readonly unit: string;
  readonly definition: string;
}

/** Of a platform without faults. */
export function planKpis(platform: ProductionPlatform): KpiPlan {
  const { metadata, spec } = platform;
  const sourceOf = (name: string): MetricSourcePlan => {
    const source = findSource(platform, undefined, name);
    if (!source) throw new Error(`accepted and yet no metric source: ${name}`);
    return source;
  };
  return {
    namespace: metadata.namespace,
    platform: metadata.name,
    slos: spec.slos.map(({ name, environment, app = '', objective, window, metric_source: source, good, total }) => ({
      name,
      environment,
      app,
      objective: parsePercentage(objective) ?? 0,
      windowDays: secondsOf(window, 0) / 86_400,
      source: sourceOf(source),
      queries: good !== undefined && total !== undefined ? { good, total } : null,
    })),
    kpis: spec.kpis.map(
      ({ name, title = name, source, query, window, target = null, direction, unit, definition }) => ({
        name,
        title,
        source: sourceOf(source),
        query,
        windowSeconds: secondsOf(window, 0),
        target,
        direction,
        unit,
        definition: definition ?? `A query of the metric source ${source}, over ${window}.`,
      }),
    ),
    production: spec.delivery?.production ?? null,
    targets: targetsOf(spec.delivery?.targets ?? {}),
    costOfDelay: costOf(spec.delivery?.cost_of_delay),
  };
}

function targetsOf(targets: DeliverySpec['targets']): KpiPlan['targets'] {
  return Object.fromEntries(
    Object.entries(targets).flatMap(([name, target]): [string, number][] => {
      if (target === undefined) return [];
      if (typeof target === 'number') return [[name, target]];
      return [[name, parsePercentage(target) ?? secondsOf(target, 0)]];
    }),
  );
}

function costOf(cost: DeliverySpec['cost_of_delay']): KpiPlan['costOfDelay'] {
  if (!cost) return null;
  const { currency, per_day: perDay = null, workflows } = cost;
  return { currency, perDay, workflows };
}
