import { parseCondition } from './condition-text';
import { at, type Findings, oneOf } from './findings';
import { asList } from './lists';
import { findSource } from './metric-source';
import { builtinMetricNames } from './metrics';
import { nearestName } from './nearest-name';
import type { NormalStage } from './normal-stage';
import type { ProductionPlatform } from './schema/production-platform';
import type { ProductionWorkflow } from './schema/production-workflow';
import { isEventName } from './schema/scalars';
import type { Fault } from './source-map';

/** The event that our own anomaly detector raises. */
const anomalyEvent = 'exercise7_anomaly_detected';

/** Conditions that could never be known, and triggers that would never come: both stay silent when it counts. */
export function metricFaults(
  { spec }: ProductionWorkflow,
  stages: readonly NormalStage[],
  platform: ProductionPlatform | null,
): Findings {
  const errors: Fault[] = [];
  const warnings: Fault[] = [];
  for (const stage of stages) {
    const { environment, monitoring } = stage.spec;
    const engine = monitoring?.analytics_engine;
    const place = environment === undefined ? undefined : spec.environments[environment];
    const source = platform ? findSource(platform, engine, place?.monitoring) : null;
    if (platform && source === null && engine !== undefined) errors.push(engineFault(stage, engine, platform));
    const isBuiltIn = source?.type === 'builtin';
    for (const { path, text } of textsOf(stage)) {
      const near = nearestName(text, [anomalyEvent]);
      if (isEventName(text)) {
        if (near === null || text === anomalyEvent) continue;
        warnings.push({ path, message: `nothing here raises the event "${text}"`, suggestion: near });
        continue;
      }
      const fault = metricFault(text, path);
      if (!fault) continue;
      if (isBuiltIn) errors.push(fault);
      else if (fault.suggestion && !platform) warnings.push(fault);
    }
  }
  return { errors, warnings };
}

function engineFault(stage: NormalStage, engine: string, platform: ProductionPlatform): Fault {
  const names = Object.keys(platform.spec.metric_sources);
  return {
    path: at(stage, 'monitoring', 'analytics_engine'),
    message: `the platform has no metric source "${engine}"`,
    expected: oneOf(names, 'a metric source in the platform, which has none'),
    suggestion: nearestName(engine, names),
  };
}

function metricFault(text: string, path: Fault['path']): Fault | null {
  const parsed = parseCondition(text);
  if (!parsed.ok || builtinMetricNames.includes(parsed.condition.metric)) return null;
  const { metric } = parsed.condition;
  return {
    path,
    message: `the built-in analytics does not measure "${metric}"`,
    expected: oneOf(builtinMetricNames, ''),
    suggestion: nearestName(metric, builtinMetricNames),
  };
}

function textsOf(stage: NormalStage): readonly { readonly path: Fault['path']; readonly text: string }[] {
  const { monitoring, validation } = stage.spec;
  const criteria = validation?.success_criteria;
  const lists = ['alerts', 'rollback_triggers'] as const;
  return [
    ...lists.flatMap((field) =>
      (monitoring?.[field] ?? []).map((text, index) => ({ path: at(stage, 'monitoring', field, index), text })),
    ),
    ...asList(criteria).map((text, index) => ({
      path: at(stage, 'validation', 'success_criteria', ...(typeof criteria === 'string' ? [] : [index])),
      text,
    })),
  ];
}
