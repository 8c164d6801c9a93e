import type { PathSegment } from './diagnostic';
import { secondsOf } from './duration';
import { type Findings, oneOf } from './findings';
import { deliveryKpiNames } from './kpi-plan';
import { nearestName } from './nearest-name';
import { parsePercentage } from './percentage';
import { lookUp } from './platform';
import type { BusinessKpiSpec, SloSpec } from './schema/kpis';
import type { ProductionPlatform } from './schema/production-platform';
import type { Fault } from './source-map';
import { isCurrency, kpiUnits } from './units';

type Path = readonly PathSegment[];

const daySeconds = 86_400;
/** Of the alert that pages soonest (`burnRatePolicies`). */
const fastestBurn = 14.4;

/** Objectives that could never be measured, figures that nobody could read, and names that exist twice. */
export function kpiFaults({ spec }: ProductionPlatform): Findings {
  const slos = spec.slos.map((slo, index) => ({ slo, path: ['spec', 'slos', index] as Path }));
  const kpis = spec.kpis.map((kpi, index) => ({ kpi, path: ['spec', 'kpis', index] as Path }));
  return {
    errors: [
      ...slos.flatMap(({ slo, path }) => sloFaults(slo, path, spec)),
      ...repeated(spec.slos, 'slos', 'an objective'),
      ...kpis.flatMap(({ kpi, path }) => kpiFault(kpi, path, spec)),
      ...repeated(spec.kpis, 'kpis', 'a KPI'),
      ...costFaults(spec),
    ],
    warnings: slos.flatMap(({ slo, path }) => slowBurnWarning(slo, path)),
  };
}

type Spec = ProductionPlatform['spec'];

function sloFaults(slo: SloSpec, path: Path, spec: Spec): Fault[] {
  const objective = parsePercentage(slo.objective);
  const days = secondsOf(slo.window, 0) / daySeconds;
  const faults = [
    ...sourceFaults(slo.metric_source, [...path, 'metric_source'], spec),
    ...queryFaults(slo, path, spec),
  ];
  if (objective === 0 || objective === 1) {
    const message = `an objective of ${slo.objective} ${objective === 1 ? 'leaves no error budget' : 'is none'}`;
    faults.push({ path: [...path, 'objective'], message, expected: 'more than 0% and less than 100%' });
  }
  if (!Number.isInteger(days) || days < 1 || days > 90) {
    const message = `a window of ${slo.window} is not of whole days, or too short or long for a budget`;
    faults.push({ path: [...path, 'window'], message, expected: 'whole days, 1d to 90d', suggestion: '30d' });
  }
  return faults;
}

/** Either a name of a query in the source, or two queries. */
function queryFaults(slo: SloSpec, path: Path, spec: Spec): Fault[] {
  const { good, total, indicator, metric_source: sourceName } = slo;
  const source = lookUp(spec.metric_sources, sourceName);
  if (indicator !== undefined) {
    if (good !== undefined || total !== undefined) {
      const message = 'indicator and queries are both given, and only one of them can be measured';
      return [{ path, message, expected: 'either indicator, or good and total' }];
    }
    if (!source || source.type === 'builtin' || Object.hasOwn(source.queries, indicator)) return [];
    const message = `the metric source "${sourceName}" has no query ${indicator} of its own, and the default one is of a single release`;
    return [{ path: [...path, 'indicator'], message, expected: `${indicator} in its queries` }];
  }
  if (good === undefined || total === undefined) {
    return [{ path, message: 'nothing says which events are good', expected: 'good and total, or indicator' }];
  }
  return [
    ...templateFaults(good, [...path, 'good'], slo, source?.type),
    ...templateFaults(total, [...path, 'total'], slo, source?.type),
  ];
}

function templateFaults(query: string, path: Path, { app }: SloSpec, type: string | undefined): Fault[] {
  const names = [...query.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, name = '']) => name);
  const faults: Fault[] = [];
  // Datadog and New Relic are told the stretch of time beside the query.
  if (type === 'prometheus' && !names.includes('window')) {
    const message = 'the query is of one fixed window, and burn rates need five of them';
    faults.push({ path, message, expected: 'a query such as sum(increase(http_requests_total[{{window}}]))' });
  }
  for (const name of new Set(names)) {
    if (['window', 'environment', 'namespace'].includes(name) || (name === 'app' && app !== undefined)) continue;
    const message =
      name === 'app' ? '{{app}} is asked for, and the objective names no app' : `an objective knows no {{${name}}}`;
    const expected = 'of {{window}}, {{environment}}, {{namespace}}, and {{app}} where the objective names one';
    faults.push({ path, message, expected });
  }
  return faults;
}

function kpiFault(kpi: BusinessKpiSpec, path: Path, spec: Spec): Fault[] {
  const faults = sourceFaults(kpi.source, [...path, 'source'], spec);
  if (deliveryKpiNames.includes(kpi.name)) {
    const message = `"${kpi.name}" is a measure of delivery already`;
    faults.push({ path: [...path, 'name'], message, expected: 'another name' });
  }
  if (!kpiUnits.includes(kpi.unit) && !isCurrency(kpi.unit)) {
    faults.push({
      path: [...path, 'unit'],
      message: `"${kpi.unit}" is not a known unit`,
      expected: `${oneOf(kpiUnits, '')}, or a currency such as EUR`,
      suggestion: nearestName(kpi.unit, kpiUnits),
    });
  }
  return faults;
}

/** The built-in analytics keeps minutes of single releases: it answers neither queries nor questions about a month. */
function sourceFaults(source: string, path: Path, { metric_sources: sources }: Spec): Fault[] {
  const usable = Object.keys(sources).filter((name) => name !== '*' && sources[name]?.type !== 'builtin');
  const found = lookUp(sources, source);
  if (found && found.type !== 'builtin') return [];
  const message = found
    ? `"${source}" is the built-in analytics, which keeps minutes of single releases and answers no queries`
    : `the platform has no metric source "${source}"`;
  const expected = oneOf(usable, 'a metric source of type prometheus, datadog or new_relic');
  return [{ path, message, expected, suggestion: nearestName(source, usable) }];
}

function repeated(all: readonly { readonly name: string }[], field: string, what: string): Fault[] {
  const seen = new Set<string>();
  return all.flatMap(({ name }, index) => {
    const isNew = !seen.has(name);
    seen.add(name);
    const message = `there is ${what} "${name}" already`;
    return isNew ? [] : [{ path: ['spec', field, index, 'name'], message, expected: 'a name that no other has' }];
  });
}

function costFaults({ delivery }: Spec): Fault[] {
  const cost = delivery?.cost_of_delay;
  if (!cost || cost.per_day !== undefined || Object.keys(cost.workflows).length > 0) return [];
  const message = 'a currency without a cost';
  return [{ path: ['spec', 'delivery', 'cost_of_delay'], message, expected: 'per_day, or workflows' }];
}

/** Even if everything failed, the budget could not be spent that fast: an alert that never comes. */
function slowBurnWarning({ objective }: SloSpec, path: Path): Fault[] {
  const share = parsePercentage(objective);
  if (share === null || share === 0 || 1 / (1 - share) > fastestBurn) return [];
  const fastest = Math.round(10 / (1 - share)) / 10;
  const message = `with an objective of ${objective} errors burn the budget ${fastest} times too fast at most: the alert at ${fastestBurn} never comes`;
  return [{ path: [...path, 'objective'], message, expected: 'more than 93.1%' }];
}
