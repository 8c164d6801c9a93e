import { parseDuration } from '../duration';
import { filledIn, type Values } from './argo-arguments';
import type { TemplateMetric } from './argo-schema';
import { type ImportContext, takeSource } from './context';
import { comparisonsIn, conditionOf, negated } from './expression';
import { checkRelease, readAddress } from './queries';
import type { Place } from './report';
import { emptyWatch, type Watch } from './watch';

const asCondition = 'write it as METRIC OP NUMBER in validation.success_criteria or monitoring.rollback_triggers';

/** One metric of an AnalysisTemplate; empty where nothing of it can be watched, which the report then says. */
export function watchOfMetric(
  metric: TemplateMetric,
  place: Place,
  values: Values,
  isObserved: boolean,
  context: ImportContext,
): Watch {
  const { report, platform } = context;
  const at = (...path: readonly string[]) => ({ ...place, path: [...place.path, ...path] });
  const { prometheus } = metric.provider;
  if (!prometheus) {
    const remedy = 'measure the same with PromQL, in queries of a metric source of the platform';
    report.unsupported(place, `"${metric.name}" is not asked of Prometheus: it is not watched`, remedy);
    return emptyWatch;
  }
  const query = filledIn(prometheus.query, values);
  if (query === null || query.trim() === '') {
    const why = query === null ? 'has arguments without a value' : 'is empty';
    report.unsupported(
      place,
      `the query of "${metric.name}" ${why}: it is not watched`,
      'give the values, or write the query into queries of the metric source',
    );
    return emptyWatch;
  }
  const thresholds = thresholdsOf(metric, place, values, context);
  if (thresholds === null) return emptyWatch;

  const address = readAddress(
    filledIn(prometheus.address ?? '', values),
    at('provider', 'prometheus', 'address'),
    report,
  );
  if (!takeSource(context, address, place, metric.name)) return emptyWatch;
  checkRelease(query, at('provider', 'prometheus', 'query'), report);
  const name = platform.metric(address, metric.name, place.object.name, query.trim());
  const { success, failure } = thresholds;
  const bad = [...failure, ...success.map(negated)].map((one) => conditionOf(name, one));
  const times = timesOf(metric, place, values, context);
  if (isObserved) return { ...emptyWatch, ...times, alerts: bad };
  return {
    ...times,
    criteria: success.map((one) => conditionOf(name, one)),
    triggers: failure.map((one) => conditionOf(name, one)),
    alerts: [],
  };
}

/** What is good and what is bad; null where neither can be said exactly. */
function thresholdsOf(metric: TemplateMetric, place: Place, values: Values, { report }: ImportContext) {
  const at = (field: string) => ({ ...place, path: [...place.path, field] });
  const read = (field: 'successCondition' | 'failureCondition', joint: '&&' | '||') => {
    const written = metric[field];
    if (written === undefined) return [];
    const text = filledIn(written, values);
    const found = text === null ? null : comparisonsIn(text, joint);
    if (found === null)
      report.unsupported(at(field), `"${written}" cannot be said exactly as a condition`, asCondition);
    return found;
  };
  const success = read('successCondition', '&&');
  const failure = read('failureCondition', '||');
  if ((success ?? []).length + (failure ?? []).length === 0) {
    report.unsupported(place, `"${metric.name}" has no limit that could be taken over: it is not watched`, asCondition);
    return null;
  }
  if (metric.successCondition !== undefined && metric.failureCondition !== undefined) {
    report.unsupported(
      at('failureCondition'),
      'between success and failure a measurement is inconclusive; here what is no success goes back',
      'leave out one of success_criteria and rollback_triggers',
    );
  }
  return { success: success ?? [], failure: failure ?? [] };
}

function timesOf(
  { interval, count, failureLimit, name }: TemplateMetric,
  place: Place,
  values: Values,
  { report }: ImportContext,
): Pick<Watch, 'seconds' | 'intervalSeconds'> {
  const at = (field: string) => ({ ...place, path: [...place.path, field] });
  const limit = failureLimit === undefined ? 0 : numberIn(failureLimit, values);
  if (limit !== 0) {
    report.unsupported(
      at('failureLimit'),
      `"${name}" may fail ${limit ?? failureLimit} times; here the first failure goes back`,
      'write "for DURATION" behind the condition: it must be true all this time',
    );
  }
  const text = interval === undefined ? null : filledIn(interval, values);
  const every = text === null ? null : parseDuration(text);
  if (interval !== undefined && !every) {
    report.unsupported(
      at('interval'),
      `"${interval}" is no time between measurements`,
      'monitoring.interval, such as 30s',
    );
  }
  const times = count === undefined ? null : numberIn(count, values);
  if (count !== undefined && times === null) {
    report.unsupported(
      at('count'),
      `"${count}" is no number of measurements`,
      'the duration of analyze and validation',
    );
  }
  // Without an interval there is one measurement, without a count there is no end.
  return { intervalSeconds: every || null, seconds: every && times ? every * times : null };
}

function numberIn(value: string | number, values: Values): number | null {
  const text = filledIn(String(value), values)?.trim() ?? '';
  return /^-?\d+$/.test(text) ? Number(text) : null;
}
