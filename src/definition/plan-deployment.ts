import { secondsOf } from './duration';
import { findSource } from './metric-source';
import { type NormalStage, stringsOf } from './normal-stage';
import { planAnalysis, planGuardian, planStepAnalysis, type WatchSpec } from './plan-analysis';
import { planGate } from './plan-gate';
import { planRegions } from './plan-regions';
import { lookUp } from './platform';
import type { ClusterPlan, DeploymentPlan, MetricSourcePlan, StrategyName } from './release-plan';
import type { App } from './schema/app';
import type { ProductionPlatform } from './schema/production-platform';
import type { EnvironmentSpec, StrategySpec } from './schema/production-workflow';
import { type CanaryStep, stepsOf } from './strategies';
import type { TimeScale } from './time-scale';

const defaultRetireAfter = 300;
const defaultProgressDeadline = 600;
/** The check has refused sources that the platform does not have: this is for plans that are refused anyway. */
const builtIn: MetricSourcePlan = { name: 'builtin', type: 'builtin', url: null, secret: null, queries: {} };

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
  const stepsWith = (count: number) =>
    stepsOf(strategyName(strategy), {
      replicas: count,
      analysis: planAnalysis(watch, scale),
      retireAfterSeconds: scale.plain(secondsOf(retireAfterOf(strategy), defaultRetireAfter)),
      canarySteps: canarySteps(strategy, watch, scale),
    });
  const sourceOf = (monitoring: string | undefined) =>
    findSource(platform, stage.spec.monitoring?.analytics_engine, monitoring) ?? builtIn;
  const regions = planRegions(environment, watch, scale, (region, spec) => ({
    region,
    cluster: clusterPlan(spec.cluster, platform),
    ...(spec.replicas === undefined ? {} : { replicas: spec.replicas, steps: stepsWith(spec.replicas) }),
    ...(spec.monitoring === undefined ? {} : { metricSource: sourceOf(spec.monitoring) }),
  }));
  return {
    environment: environmentName,
    cluster: regions?.waves[0]?.regions[0]?.cluster ?? clusterPlan(environment.cluster ?? '', platform),
    strategy: strategyName(strategy),
    replicas,
    env: { ...stringsOf(environment.env), ...stage.env },
    steps: stepsWith(replicas),
    metricSource: sourceOf(environment.monitoring),
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
    ...regions,
  };
}

function clusterPlan(name: string, platform: ProductionPlatform): ClusterPlan {
  const { type, ...settings } = lookUp(platform.spec.clusters, name) ?? { type: 'local' as const };
  return { name, type, settings };
}

function strategyName(strategy: StrategySpec): StrategyName {
  return typeof strategy === 'string'
    ? strategy
    : ((Object.keys(strategy)[0] as StrategyName | undefined) ?? 'rolling');
}

function retireAfterOf(strategy: StrategySpec): string | undefined {
  return typeof strategy === 'string' ? undefined : (strategy.blue_green ?? strategy.canary)?.retire_after;
}

const defaultWeights = [5, 25, 50, 100] as const;
const defaultAnalyze = '5m';
type CanarySpec = NonNullable<NonNullable<Exclude<StrategySpec, string>['canary']>['steps']>[number];

function canarySteps(strategy: StrategySpec, watch: WatchSpec, scale: TimeScale): readonly CanaryStep[] {
  const given = typeof strategy === 'object' ? strategy.canary?.steps : undefined;
  let weight = 0;
  let approvals = 0;
  return (given ?? defaultCanary(watch, scale)).map((step): CanaryStep => {
    if ('weight' in step) {
      weight = step.weight;
      return { kind: 'weight', weight };
    }
    if ('analyze' in step) {
      return { kind: 'analyze', analysis: planStepAnalysis(`analysis at ${weight}%`, step.analyze, watch, scale) };
    }
    if ('approve' in step) {
      approvals += 1;
      const name = approvals === 1 ? 'canary_approval' : `canary_approval_${approvals}`;
      return { kind: 'approve', gate: planGate(name, [step.approve], scale) };
    }
    return {
      kind: 'pause',
      durationSeconds: typeof step.pause === 'string' ? scale.plain(secondsOf(step.pause, 0)) : null,
    };
  });
}

/** An analysis after each weight; after the last one only where the stage has none of its own, which comes there. */
function defaultCanary(watch: WatchSpec, scale: TimeScale): readonly CanarySpec[] {
  const own = planAnalysis(watch, scale) !== null;
  return defaultWeights.flatMap((weight) => [
    { weight },
    ...(weight === 100 && own ? [] : [{ analyze: defaultAnalyze }]),
  ]);
}
