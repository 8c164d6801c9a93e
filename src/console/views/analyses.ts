import type { WatchView } from '../../activities/observe';
import { comparedMetrics, conditionsOf, inUnit, naturalUnit, type PointSeries } from '../../analytics';
import type { VerdictReason } from '../../contracts/analysis';
import { guardianWorkflowId } from '../../contracts/ids';
import type { PipelineStatus } from '../../contracts/status';
import { printCondition, type Unit } from '../../definition';
import type { AnalysisPlan } from '../../definition/release-plan';
import type { AnalysisView, ChartPoint, MetricChart } from '../api';

/** A chart of a phone has some 300 pixels: more points are not seen. */
const mostPoints = 200;

/** The workflows of a run that may watch something: its deployments, and what guards them afterwards. */
export function watchersOf({ stages }: Pick<PipelineStatus, 'stages'>): readonly string[] {
  return stages.flatMap(({ deploymentId }) => {
    const [, namespace, app, environment, ...release] = deploymentId?.split('/') ?? [];
    if (deploymentId === null || !namespace || !app || !environment) return [];
    return [deploymentId, guardianWorkflowId({ namespace, app, environment, release: release.join('/') })];
  });
}

/** An analysis as people look at it: the candidate beside its baseline, and the lines it must not cross. Pure. */
export function analysisView({ key, input, state, readings }: WatchView): AnalysisView {
  const { plan, target, baselineRelease } = input;
  const startedMs = Date.parse(state.startedAt);
  return {
    key,
    environment: target.environment,
    release: target.release,
    baselineRelease: baselineRelease ?? null,
    startedAt: state.startedAt,
    endsAt: new Date(startedMs + plan.durationSeconds * 1000).toISOString(),
    reasons: reasonsSoFar({ state }),
    charts: metricsOf(plan).map((metric) =>
      chartOf(metric, plan, {
        candidate: pointsOf(state.candidate[metric]) ?? pointsOf(readings[metric]) ?? [],
        baseline: pointsOf(state.baseline[metric]) ?? [],
      }),
    ),
  };
}

function reasonsSoFar({ state }: Pick<WatchView, 'state'>): readonly VerdictReason[] {
  return [...state.triggers, ...state.criteria, ...state.alerts].flatMap(({ last }) => (last ? [last] : []));
}

/** Those that a condition names come first: they decide. */
function metricsOf(plan: AnalysisPlan): readonly string[] {
  return [...new Set([...conditionsOf(plan).map(({ metric }) => metric), ...comparedMetrics(plan)])];
}

interface Points {
  readonly candidate: readonly [number, number | null][];
  readonly baseline: readonly [number, number | null][];
}

function chartOf(metric: string, plan: AnalysisPlan, { candidate, baseline }: Points): MetricChart {
  const conditions = conditionsOf(plan).filter((condition) => condition.metric === metric);
  const unit = conditions.find((condition) => condition.unit !== null)?.unit ?? naturalUnit(metric);
  const thresholds = new Map(
    conditions.map((condition) => [printCondition(condition), inUnit(condition.value, unit)] as const),
  );
  return {
    metric,
    unit: unit ?? '',
    thresholds: [...thresholds].map(([condition, value]) => ({ condition, value })),
    candidate: chartPoints(candidate, unit),
    baseline: chartPoints(baseline, unit),
  };
}

function pointsOf(
  series: (Pick<PointSeries, 'atMs'> & { readonly values: readonly (number | null)[] }) | undefined,
): readonly [number, number | null][] | null {
  if (!series || series.atMs.length === 0) return null;
  return series.atMs.map((atMs, index) => [atMs, series.values[index] ?? null]);
}

/** Evenly thinned, the newest point always among them. */
function chartPoints(points: readonly [number, number | null][], unit: Unit | null): ChartPoint[] {
  const every = Math.ceil(points.length / mostPoints);
  return points
    .filter((_, index) => (points.length - 1 - index) % every === 0)
    .map(([atMs, value]) => ({ at: new Date(atMs).toISOString(), value: value === null ? null : inUnit(value, unit) }));
}
