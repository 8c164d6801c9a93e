import { printDuration } from '../duration';
import { type ImportContext, readReferred, refer, takeSource } from './context';
import { secondsIn } from './durations';
import { metricTemplateRemedies } from './flagger-remedies';
import { type FlaggerMetric, type FlaggerSpec, metricTemplateSpec } from './flagger-schema';
import type { ForeignObject } from './foreign-object';
import { checkRelease, readAddress } from './queries';
import type { Place } from './report';

interface Limits {
  readonly min: number | undefined;
  readonly max: number | undefined;
}

/** Without a window Flagger takes a minute, as we do. */
const defaultWindow = '1m';

/** What must hold of one metric of a Canary; none where it cannot be watched, which the report then says. */
export function criteriaOf(
  metric: FlaggerMetric,
  index: number,
  spec: FlaggerSpec,
  owner: Place,
  context: ImportContext,
): readonly string[] {
  const place = { object: owner.object, path: [...owner.path, index] };
  const window = windowOf(metric, place, context);
  const limits = limitsOf(metric);
  if (limits.min === undefined && limits.max === undefined) {
    const message = `"${metric.name}" has no limits: it is not watched`;
    context.report.unsupported(place, message, 'thresholdRange with min or max');
    return [];
  }
  if (metric.templateRef === undefined && metric.query === undefined) {
    const found = builtIn(metric.name, limits, window);
    if (found === null) {
      const message = `"${metric.name}" with these limits is none of the metrics that Flagger brings: it is not watched`;
      const remedy = 'name a MetricTemplate, or write the query into queries of the metric source';
      context.report.unsupported(place, message, remedy);
    }
    return found ?? [];
  }
  const name = ownMetric(metric, spec, place, context);
  if (name === null) return [];
  return [
    ...(limits.min === undefined ? [] : [`${name} >= ${limits.min}${window}`]),
    ...(limits.max === undefined ? [] : [`${name} <= ${limits.max}${window}`]),
  ];
}

function limitsOf({ name, thresholdRange, threshold }: FlaggerMetric): Limits {
  if (thresholdRange) return { min: thresholdRange.min, max: thresholdRange.max };
  // The older form means the least success rate, and the most of everything else.
  return name === 'request-success-rate' ? { min: threshold, max: undefined } : { min: undefined, max: threshold };
}

/** The window in a condition: ` over 1m`. */
function windowOf({ interval }: FlaggerMetric, place: Place, { report }: ImportContext): string {
  const seconds = secondsIn(interval ?? defaultWindow);
  if (seconds) return ` over ${printDuration(seconds)}`;
  const where = { ...place, path: [...place.path, 'interval'] };
  report.unsupported(where, `"${interval}" is no window`, 'write "over 1m" behind the condition');
  return '';
}

/** The success rate in percent as a rate of errors, the duration in milliseconds of the 99th percentile. */
function builtIn(name: string, { min, max }: Limits, window: string): readonly string[] | null {
  const isShare = [min ?? 0, max ?? 0].every((limit) => limit >= 0 && limit <= 100);
  if (name === 'request-success-rate' && isShare) {
    return [
      ...(min === undefined ? [] : [`error_rate <= ${percent(100 - min)}%${window}`]),
      ...(max === undefined ? [] : [`error_rate >= ${percent(100 - max)}%${window}`]),
    ];
  }
  if (name === 'request-duration') {
    return [
      ...(min === undefined ? [] : [`latency_p99 >= ${min}ms${window}`]),
      ...(max === undefined ? [] : [`latency_p99 <= ${max}ms${window}`]),
    ];
  }
  return null;
}

/** 100 - 99.9 is 0.1, whatever binary fractions make of it. */
function percent(value: number): number {
  return Number(value.toFixed(10));
}

/** The name of a metric with a query of its own, which goes into the platform. */
function ownMetric(metric: FlaggerMetric, spec: FlaggerSpec, place: Place, context: ImportContext): string | null {
  const { report, platform } = context;
  const found = metric.templateRef
    ? fromTemplate(metric.templateRef, place, context)
    : { query: metric.query ?? '', address: spec.metricsServer, place: { ...place, path: [...place.path, 'query'] } };
  if (found === null) return null;
  const query = filledIn(found.query, metric, spec, place.object);
  if (query === null || query.trim() === '') {
    const message = `the query of "${metric.name}" asks for what the Canary does not say: it is not watched`;
    report.unsupported(found.place, message, 'write it into queries of the metric source');
    return null;
  }
  const address = readAddress(found.address ?? null, found.place, report);
  if (!takeSource(context, address, found.place, metric.name)) return null;
  checkRelease(query, found.place, report);
  return platform.metric(address, metric.name, place.object.name, query.trim());
}

function fromTemplate(reference: NonNullable<FlaggerMetric['templateRef']>, place: Place, context: ImportContext) {
  const namespace = reference.namespace ?? place.object.namespace;
  const where = { ...place, path: [...place.path, 'templateRef', 'name'] };
  const object = refer(context, 'MetricTemplate', reference.name, namespace, where);
  const spec = object && readReferred(context, metricTemplateSpec, object, metricTemplateRemedies);
  if (!object || !spec) return null;
  const { type, address } = spec.provider;
  if (type !== 'prometheus') {
    const message = `"${object.name}" asks ${type ?? 'no provider'}, and not Prometheus: it is not watched`;
    const remedy = 'measure the same with PromQL, in queries of a metric source of the platform';
    context.report.unsupported({ object, path: ['spec'] }, message, remedy);
    return null;
  }
  return { query: spec.query, address, place: { object, path: ['spec', 'query'] } };
}

/** Names of the Canary are written out; its namespace and window have placeholders of ours. */
function filledIn(query: string, metric: FlaggerMetric, spec: FlaggerSpec, { name }: ForeignObject): string | null {
  const values: Readonly<Record<string, string | undefined>> = {
    name,
    namespace: '{{namespace}}',
    target: spec.targetRef.name,
    service: spec.service?.name ?? spec.targetRef.name,
    ingress: spec.ingressRef?.name,
    route: spec.routeRef?.name,
    interval: '{{window}}',
  };
  let complete = true;
  const filled = query.replace(/\{\{-?\s*([^{}]*?)\s*-?\}\}/g, (_, word: string) => {
    const variable = /^variables\.(\w+)$/.exec(word)?.[1];
    const value = variable === undefined ? values[word] : metric.templateVariables[variable];
    if (value === undefined) complete = false;
    return value ?? '';
  });
  return complete ? filled : null;
}
