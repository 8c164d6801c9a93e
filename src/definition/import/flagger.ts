import { printDuration } from '../duration';
import { type ImportContext, monitoringOf, takeSource, withStage } from './context';
import { durationOf, secondsIn } from './durations';
import { hooksOf } from './flagger-hooks';
import { criteriaOf } from './flagger-metrics';
import { canaryRemedies } from './flagger-remedies';
import { canarySpec, type FlaggerAnalysis, type FlaggerSpec, type WebhookType } from './flagger-schema';
import { canaryStrategy, iterationsOf, weightsOf } from './flagger-strategy';
import { routerOf, tellOfTarget } from './flagger-target';
import type { ForeignObject } from './foreign-object';
import { readAddress } from './queries';
import { readFields } from './read-fields';
import { emptyWatch, type Watch, watchFields } from './watch';
import { type EnvironmentDocument, type WorkflowDocument, workflowOf } from './workflow-draft';

const defaultIntervalSeconds = 60;
/** Flagger does not look more often, whatever is written. */
const leastIntervalSeconds = 10;

/** A Canary as a workflow: one environment, one stage that deploys there as its analysis says. */
export function importCanary(object: ForeignObject, shared: ImportContext): WorkflowDocument | null {
  const context = withStage(shared);
  const { report, environment: name } = context;
  const spec = readFields(canarySpec, object, canaryRemedies, report);
  if (!spec) return null;
  const field = spec.analysis === undefined ? 'canaryAnalysis' : 'analysis';
  const analysis = spec.analysis ?? spec.canaryAnalysis;
  if (!analysis) {
    report.error(
      { object, path: ['spec'] },
      'analysis is missing',
      'an analysis with interval, and weights or iterations',
    );
    return null;
  }
  if (spec.analysis && spec.canaryAnalysis) {
    report.unsupported(
      { object, path: ['spec', 'canaryAnalysis'] },
      'analysis is there too, and Flagger goes by that',
      'leave it out',
    );
  }
  tellOfTarget(spec, object, context);
  const stage = stageOf(spec, analysis, field, object, context);
  takeServer(spec, object, context);
  const deadline = durationOf(spec.progressDeadlineSeconds);
  const environment: EnvironmentDocument = {
    cluster: context.platform.cluster(name, routerOf(spec, object, context)),
    ...monitoringOf(context),
    ...(deadline === null ? {} : { progress_deadline: deadline }),
  };
  return workflowOf(object, name, environment, stage, report);
}

function stageOf(
  spec: FlaggerSpec,
  analysis: FlaggerAnalysis,
  field: string,
  object: ForeignObject,
  context: ImportContext,
): Parameters<typeof workflowOf>[3] {
  const { report } = context;
  const path = ['spec', field];
  const tell = (key: string, message: string, remedy: string) =>
    report.unsupported({ object, path: [...path, key] }, message, remedy);
  const hooks = hooksOf(analysis, { object, path: [...path, 'webhooks'] }, context);
  const asksFirst = hooks.has('confirm-rollout');
  const seconds = intervalOf(analysis, object, path, context);
  const metrics = { object, path: [...path, 'metrics'] };
  const criteria = analysis.metrics.flatMap((metric, index) => criteriaOf(metric, index, spec, metrics, context));
  if (spec.skipAnalysis) {
    report.unsupported(
      { object, path },
      'skipAnalysis is set: what the analysis says is left out',
      'skipAnalysis: false',
    );
    return { strategy: 'rolling', asksFirst };
  }
  if ((analysis.threshold ?? 1) > 1) {
    const message = `${analysis.threshold} checks may fail; here the first failed one goes back`;
    tell('threshold', message, 'write "for DURATION" behind a condition: it must be true all this time');
  }
  const watch = (length: number): Watch => ({ ...emptyWatch, criteria, seconds: length });
  const iterations = iterationsOf(analysis, spec.provider);
  if (iterations > 0) {
    tellOfIterations(analysis, hooks, tell);
    const asks = asksFirst || hooks.has('confirm-promotion');
    return { strategy: 'blue_green', asksFirst: asks, ...watchFields(watch(iterations * seconds)) };
  }
  const weights = weightsOf(analysis);
  if (analysis.stepWeight === 0 && weights.length < analysis.stepWeights.length) {
    tell('stepWeights', 'weights that do not grow are left out', 'let weights grow, up to 100');
  }
  if (analysis.stepWeight > 0 && analysis.stepWeights.length > 0) {
    tell('stepWeights', 'stepWeight is set too, and Flagger goes by that', 'leave one of the two out');
  }
  if (analysis.stepWeight === 0 && analysis.maxWeight > 0) {
    tell('maxWeight', 'it has a meaning only with stepWeight', 'leave it out');
  }
  if (weights.length === 0) {
    report.error({ object, path }, 'nothing says how the traffic moves', 'stepWeight, stepWeights or iterations');
  }
  const strategy = canaryStrategy(weights, printDuration(seconds), criteria.length > 0, hooks);
  return { strategy, asksFirst, ...watchFields(watch(seconds)) };
}

function tellOfIterations(
  { match, ...analysis }: FlaggerAnalysis,
  hooks: ReadonlySet<WebhookType>,
  tell: (key: string, message: string, remedy: string) => void,
): void {
  const before = 'deploy to an environment before this one, with a validation there';
  if (match === undefined) {
    tell('iterations', 'the checks are made when the traffic has been switched, and not before', before);
  } else {
    tell('match', 'requests are not picked out by their headers: all of the traffic is switched', before);
  }
  if (hooks.has('confirm-promotion')) {
    tell('webhooks', 'the promotion is confirmed before the traffic is switched, and not after the checks', before);
  }
  if (hooks.has('confirm-traffic-increase')) {
    tell('webhooks', 'confirm-traffic-increase has a meaning only with weights', 'write a canary with steps');
  }
  for (const key of ['stepWeight', 'maxWeight'] as const) {
    if (analysis[key] > 0) tell(key, 'iterations are set, and Flagger goes by these', 'leave one of the two out');
  }
  if (analysis.stepWeights.length > 0)
    tell('stepWeights', 'iterations are set, and Flagger goes by these', 'leave one of the two out');
}

function intervalOf(
  { interval }: FlaggerAnalysis,
  object: ForeignObject,
  path: readonly string[],
  { report }: ImportContext,
): number {
  const seconds = interval === undefined ? defaultIntervalSeconds : secondsIn(interval);
  if (seconds) return Math.max(seconds, leastIntervalSeconds);
  const place = { object, path: [...path, 'interval'] };
  report.unsupported(place, `"${interval}" is no interval: it is ${defaultIntervalSeconds} s`, 'such as 30s');
  return defaultIntervalSeconds;
}

/** Metrics without a query of their own are measured there too, by the default queries of a Prometheus source. */
function takeServer({ metricsServer }: FlaggerSpec, object: ForeignObject, context: ImportContext): void {
  if (metricsServer === undefined) return;
  const place = { object, path: ['spec', 'metricsServer'] };
  takeSource(context, readAddress(metricsServer, place, context.report), place, 'metricsServer');
}
