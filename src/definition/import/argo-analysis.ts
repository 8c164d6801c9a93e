import { valuesOf } from './argo-arguments';
import { watchOfMetric } from './argo-metric';
import { templateRemedies } from './argo-remedies';
import {
  type AnalysisUse,
  type Argument,
  type TemplateReference,
  type TemplateSpec,
  templateSpec,
} from './argo-schema';
import { type ImportContext, readReferred, refer } from './context';
import type { ForeignObject } from './foreign-object';
import type { Place } from './report';
import { together, type Watch } from './watch';

interface Template {
  readonly object: ForeignObject;
  readonly spec: TemplateSpec;
}

/** Reads the analysis at this path below the strategy of a Rollout. */
export type Analyse = (use: AnalysisUse, path: readonly (string | number)[]) => Watch;

/** What templates watch, put together: all of their metrics that Prometheus can be asked for. */
export function watchOfAnalysis({ templates, args, dryRun }: AnalysisUse, place: Place, context: ImportContext): Watch {
  const found = templatesOf(templates, { ...place, path: [...place.path, 'templates'] }, place.object, context, []);
  const observed = dryRun.map(({ metricName }) => metricName);
  return watchOfTemplates(found, args, { ...place, path: [...place.path, 'args'] }, observed, context);
}

/** Templates by name, with those that they take in themselves. */
export function templatesOf(
  references: readonly TemplateReference[],
  place: Place,
  owner: ForeignObject,
  context: ImportContext,
  around: readonly ForeignObject[],
): readonly Template[] {
  return references.flatMap(({ templateName, clusterScope }, index) => {
    const kind = clusterScope ? 'ClusterAnalysisTemplate' : 'AnalysisTemplate';
    const namespace = clusterScope ? null : owner.namespace;
    const where = { ...place, path: [...place.path, index] };
    const object = refer(context, kind, templateName, namespace, where);
    // A template that takes itself in says nothing new.
    if (!object || around.includes(object)) return [];
    const spec = readReferred(context, templateSpec, object, templateRemedies);
    if (!spec) return [];
    const inner = { object, path: ['spec', 'templates'] };
    return [{ object, spec }, ...templatesOf(spec.templates, inner, owner, context, [...around, object])];
  });
}

export function watchOfTemplates(
  templates: readonly Template[],
  args: readonly Argument[],
  place: Place,
  observed: readonly string[],
  context: ImportContext,
): Watch {
  const { report } = context;
  const watches = templates.flatMap(({ object, spec }) => {
    const defaults = { args: spec.args, place: { object, path: ['spec', 'args'] } };
    const given = { args, place };
    const values = valuesOf([defaults, given], place.object, report);
    const dry = [...observed, ...spec.dryRun.map(({ metricName }) => metricName)];
    return spec.metrics.map((metric, index) => {
      const isObserved = dry.includes('*') || dry.includes(metric.name);
      return watchOfMetric(metric, { object, path: ['spec', 'metrics', index] }, values, isObserved, context);
    });
  });
  return together(watches);
}
