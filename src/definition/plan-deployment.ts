import type { NormalStage } from './normal-stage';
import { planAnalysis, planGuardian, planStepAnalysis, secondsOf, type WatchSpec } from './plan-analysis';
import { planGate } from './plan-gate';
import { lookUp } from './platform';
import type { DeploymentPlan, MetricSourcePlan, StrategyName } from './release-plan';
import type { App } from './schema/app';
import type { ProductionPlatform } from './schema/production-platform';
import type { EnvironmentSpec, StrategySpec } from './schema/production-workflow';
import { type CanaryStep, stepsOf } from './strategies';
import type { TimeScale } from './time-scale';

const defaultRetireAfter = 300;
const defaultProgressDeadline = 600;

export interface DeploymentContext {
  readonly stage: NormalStage;
  readonly environmentName: string;
  readonly environment: EnvironmentSpec;
  readonly platform: ProductionPlatform;
  readonly app: App;
  readonly scale: TimeScale;
}

export function planDeployment(context: DeploymentContext): DeploymentPlan {
  const { stage, environmentName, environment, platform, app, scale } = context;
  const replicas = environment.replicas ?? app.replicas;
  const watch: WatchSpec = {
    monitoring: stage.spec.monitoring,
    validation: stage.spec.validation,
    rollbackThreshold: environment.rollback_threshold,
  };
  const strategy = stage.spec.strategy ?? environment.deployment_strategy ?? 'rolling';
  const { type, ...settings } = lookUp(platform.spec.clusters, environment.cluster) ?? { type: 'local' as const };
  return {
    environment: environmentName,
    cluster: { name: environment.cluster, type, settings },
    strategy: strategyName(strategy),
    replicas,
    env: { ...stringsOf(environment.env), ...stage.env },
    steps: stepsOf(strategyName(strategy), {
      replicas,
      analysis: planAnalysis(watch, scale),
      retireAfterSeconds: scale.plain(secondsOf(retireAfterOf(strategy), defaultRetireAfter)),
      canarySteps: canarySteps(strategy, watch, scale),
    }),
    metricSource: metricSource(context),
    concurrency: environment.concurrency,
    freezes: platform.spec.freezes.map((freeze) => ({
      name: freeze.name,
      reason: freeze.reason,
      environments: freeze.environments,
      start: freeze.start,
      durationSeconds: secondsOf(freeze.duration, 0),
      rrule: freeze.rrule ?? null,
    })),
    progressDeadlineSeconds: scale.progressDeadline(secondsOf(environment.progress_deadline, defaultProgressDeadline)),
    guardian: planGuardian(stage.spec.monitoring, scale),
  };
}

/** `analytics_engine: exercise7` and the environment's `monitoring` name a source; the platform says what it is. */
function metricSource({ stage, environment, platform }: DeploymentContext): MetricSourcePlan {
  const engine = stage.spec.monitoring?.analytics_engine;
  const own = engine !== undefined && Object.hasOwn(platform.spec.metric_sources, engine) ? engine : undefined;
  const name = own ?? environment.monitoring ?? 'builtin';
  const source = lookUp(platform.spec.metric_sources, name) ?? { type: 'builtin' as const, queries: {} };
  return { name, type: source.type, url: source.url ?? null, secret: source.secret ?? null, queries: source.queries };
}

function strategyName(strategy: StrategySpec): StrategyName {
  return typeof strategy === 'string'
    ? strategy
    : ((Object.keys(strategy)[0] as StrategyName | undefined) ?? 'rolling');
}

function retireAfterOf(strategy: StrategySpec): string | undefined {
  return typeof strategy === 'string' ? undefined : (strategy.blue_green ?? strategy.canary)?.retire_after;
}

const defaultCanary = [
  { weight: 5 },
  { analyze: '5m' },
  { weight: 25 },
  { analyze: '5m' },
  { weight: 50 },
  { analyze: '5m' },
  { weight: 100 },
];

function canarySteps(strategy: StrategySpec, watch: WatchSpec, scale: TimeScale): readonly CanaryStep[] {
  const given = typeof strategy === 'object' ? strategy.canary?.steps : undefined;
  return (given ?? defaultCanary).map((step): CanaryStep => {
    if ('weight' in step) return { kind: 'weight', weight: step.weight };
    if ('analyze' in step) return { kind: 'analyze', analysis: planStepAnalysis(step.analyze, watch, scale) };
    if ('approve' in step) return { kind: 'approve', gate: planGate('canary_approval', [step.approve], scale) };
    return {
      kind: 'pause',
      durationSeconds: typeof step.pause === 'string' ? scale.plain(secondsOf(step.pause, 0)) : null,
    };
  });
}

export function stringsOf(
  values: Readonly<Record<string, string | number | boolean>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));
}
