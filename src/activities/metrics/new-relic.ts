import type { BaselineReading, MetricReading, NeededReading } from '../../analytics';
import type { MetricTarget } from '../../definition/release-plan';
import { newRelicAddress } from '../../definition/vendor-addresses';
import type { SecretResolver } from '../secrets';
import { askedSource } from './asked-source';
import { MetricHttp, MetricSourceError } from './metric-http';
import { type NerdGraphOptions, type NrqlResult, queryNerdGraph } from './nerdgraph';
import { isOverriddenNrql, newestNrqlFor, nrqlFor } from './new-relic-queries';
import { figureOf, seriesOf } from './nrql-figures';
import { implausible } from './plausible';
import type { HistoryRequest, MetricSource } from './port';
import { noQueryFor, requestsQuery } from './template';
import { failedReading, reasonOf } from './unknown';

export interface NewRelicOptions {
  readonly secrets: SecretResolver;
  /** For one request. @default 7 */
  readonly timeoutSeconds?: number;
}

/** The least that New Relic takes. */
const queryTimeoutSeconds = 5;

/** Metrics come once a minute and bear the time at which their minute began. */
const maxAgeSeconds = 180;

/** Of a sample's time, before it counts as wrong. */
const maxFutureSeconds = 30;

/** How far back the newest sample is looked for. */
const lookBackSeconds = 1_800;

/** Points of the past that one watch is given; New Relic has 366 steps at most. */
const maxHistoryPoints = 300;

/** An answer has some hundred rows. More is a query that is not aggregated. */
const maxBytes = 2 * 1024 * 1024;

/** Figures of New Relic, by NRQL through NerdGraph, its GraphQL API. */
export function createNewRelicSource(options: NewRelicOptions): MetricSource {
  const { secrets, timeoutSeconds = 7 } = options;
  const http = new MetricHttp({ vendor: 'New Relic', timeoutSeconds, maxBytes });

  const apiOf = async ({ source }: MetricTarget): Promise<NerdGraphOptions> => {
    const { name, url, secret, newRelic } = source;
    if (secret === null || newRelic === undefined)
      throw new MetricSourceError(`the metric source ${name} has no account and key to ask New Relic with`);
    const { account, region } = newRelic;
    const userKey = await secrets.resolve(secret);
    return { url: url ?? newRelicAddress(region), account, userKey, http, queryTimeoutSeconds };
  };

  return askedSource({
    read: async ({ target, needed }) => {
      const answers = await askAll(await apiOf(target), queriesOf(target, needed));
      return needed.map((one) => readOne(target, one, answers));
    },
    history: async (request) => readHistory(await apiOf(request.target), request),
  });
}

/** The result of a query that was asked. @throws MetricSourceError why there is none */
type Answers = (query: string) => NrqlResult;

async function askAll(api: NerdGraphOptions, queries: readonly string[]): Promise<Answers> {
  const distinct = [...new Set(queries)];
  const results = distinct.length === 0 ? [] : await queryNerdGraph(api, distinct);
  const byQuery = new Map(distinct.map((query, index) => [query, results[index]]));
  return (query) => {
    const result = byQuery.get(query);
    if (result === undefined) throw new MetricSourceError('New Relic was not asked for this');
    if (result instanceof MetricSourceError) throw result;
    return result;
  };
}

// As of now by its own clock: ours may be another.
function within(nrql: string, seconds: number): string {
  return `${nrql} SINCE ${Math.max(1, Math.round(seconds))} seconds ago`;
}

function queriesOf(target: MetricTarget, needed: readonly NeededReading[]): string[] {
  const figures = needed.flatMap(({ metric, windowSeconds }) =>
    [metric, requestsQuery].flatMap((name) => {
      const nrql = nrqlFor(target, name, windowSeconds);
      return nrql === null ? [] : [within(nrql, windowSeconds)];
    }),
  );
  const isOurs = needed.some(({ metric }) => !isOverriddenNrql(target, metric));
  return isOurs ? [...figures, within(newestNrqlFor(target), lookBackSeconds)] : figures;
}

function readOne(target: MetricTarget, needed: NeededReading, answers: Answers): MetricReading {
  const { metric, windowSeconds } = needed;
  const figure = (name: string) => {
    const nrql = nrqlFor(target, name, windowSeconds);
    if (nrql === null) throw new MetricSourceError(noQueryFor(name, target.source.name));
    const value = figureOf(answers(within(nrql, windowSeconds)));
    const fault = value === null ? null : implausible(name, value);
    if (fault !== null) throw new MetricSourceError(fault);
    return value;
  };
  try {
    const value = figure(metric);
    // Whoever brings a query has attributes of another kind, so ours cannot tell how old its samples are.
    if (!isOverriddenNrql(target, metric)) checkAge(target, answers(within(newestNrqlFor(target), lookBackSeconds)));
    if (value === null) {
      const reason = `New Relic has no value of ${metric} in ${windowSeconds} s`;
      return { metric, windowSeconds, value, samples: 0, reason };
    }
    return { metric, windowSeconds, value, samples: Math.round(figure(requestsQuery) ?? 0) };
  } catch (error) {
    return failedReading(needed, reasonOf(error));
  }
}

/** @throws MetricSourceError when it has stopped, or its clock cannot be believed */
function checkAge({ release }: MetricTarget, newest: NrqlResult): void {
  const newestMs = figureOf(newest);
  if (newestMs === null) throw new MetricSourceError(`New Relic has heard nothing of ${release} for half an hour`);
  const ageSeconds = Math.round((newest.endMs - newestMs) / 1_000);
  if (ageSeconds < -maxFutureSeconds)
    throw new MetricSourceError(`the newest sample of ${release} is ${-ageSeconds} s in the future: a clock is wrong`);
  if (ageSeconds > maxAgeSeconds)
    throw new MetricSourceError(`the newest sample of ${release} is ${ageSeconds} s old: New Relic gets no more of it`);
}

async function readHistory(api: NerdGraphOptions, request: HistoryRequest): Promise<BaselineReading[]> {
  const { target, toMs, stepSeconds } = request;
  // A window that slides by more than itself New Relic does not have.
  const needed = request.needed.filter(({ windowSeconds }) => windowSeconds >= stepSeconds);
  const firstMs = Math.max(request.fromMs, toMs - (maxHistoryPoints - 1) * stepSeconds * 1_000);
  const seriesQuery = (name: string, windowSeconds: number) => {
    const nrql = nrqlFor(target, name, windowSeconds);
    const window = Math.round(windowSeconds);
    const span = `SINCE ${Math.round(firstMs - window * 1_000)} UNTIL ${Math.round(toMs)}`;
    return (
      nrql && `${nrql} ${span} TIMESERIES ${window} seconds SLIDE BY ${Math.max(1, Math.round(stepSeconds))} seconds`
    );
  };
  const queries = needed.map(({ metric, windowSeconds }) => ({
    values: seriesQuery(metric, windowSeconds),
    requests: seriesQuery(requestsQuery, windowSeconds),
  }));
  const asked = queries.flatMap(({ values, requests }) => [values, requests]).filter((query) => query !== null);
  const answers = await askAll(api, asked);
  const readings = needed.flatMap((one, index): BaselineReading[] => {
    const { values, requests } = queries[index] ?? { values: null, requests: null };
    if (values === null || requests === null) return [];
    const counts = seriesOf(answers(requests));
    return [...seriesOf(answers(values))].flatMap(([atMs, value]) =>
      implausible(one.metric, value) === null
        ? [{ ...one, value, samples: Math.round(counts.get(atMs) ?? 0), at: new Date(atMs).toISOString() }]
        : [],
    );
  });
  return readings.sort((a, b) => a.at.localeCompare(b.at));
}
