import { type Analyse, watchOfAnalysis } from './argo-analysis';
import { blueGreenStage } from './argo-blue-green';
import { canaryStage } from './argo-canary';
import { rolloutRemedies } from './argo-remedies';
import { type RolloutSpec, rolloutSpec } from './argo-schema';
import { type ImportContext, monitoringOf, withStage } from './context';
import { durationOf } from './durations';
import type { ForeignObject } from './foreign-object';
import { readFields } from './read-fields';
import { type EnvironmentDocument, type WorkflowDocument, workflowOf } from './workflow-draft';

const mostReplicas = 1000;

/** A Rollout as a workflow: one environment, one stage that deploys there as its strategy says. */
export function importRollout(object: ForeignObject, shared: ImportContext): WorkflowDocument | null {
  const context = withStage(shared);
  const { report, environment: name } = context;
  const spec = readFields(rolloutSpec, object, rolloutRemedies, report);
  if (!spec) return null;
  const { canary, blueGreen } = spec.strategy;
  const place = { object, path: ['spec', 'strategy'] };
  if ((canary !== undefined) === (blueGreen !== undefined)) {
    report.error(place, 'a Rollout has one strategy', 'canary or blueGreen');
    return null;
  }
  const analyse: Analyse = (use, path) =>
    watchOfAnalysis(use, { object, path: ['spec', 'strategy', ...path] }, context);
  const { stage, router } = blueGreen
    ? { stage: blueGreenStage(blueGreen, object, report, analyse), router: null }
    : canaryStage(canary ?? {}, object, report, analyse);
  const environment: EnvironmentDocument = {
    cluster: context.platform.cluster(name, router),
    ...monitoringOf(context),
    ...sizeOf(spec, object, context),
  };
  return workflowOf(object, name, environment, stage, report);
}

function sizeOf(
  { replicas, progressDeadlineSeconds }: RolloutSpec,
  object: ForeignObject,
  { report }: ImportContext,
): Pick<EnvironmentDocument, 'replicas' | 'progress_deadline'> {
  const fits = replicas !== undefined && replicas >= 1 && replicas <= mostReplicas;
  if (replicas !== undefined && !fits) {
    const place = { object, path: ['spec', 'replicas'] };
    report.unsupported(place, `an environment cannot have ${replicas} replicas`, `replicas from 1 to ${mostReplicas}`);
  }
  const deadline = durationOf(progressDeadlineSeconds);
  return { ...(fits ? { replicas } : {}), ...(deadline === null ? {} : { progress_deadline: deadline }) };
}
