import type { BaselineReading, MetricReading, NeededReading } from '../../analytics';
import type { MetricTarget } from '../../definition/release-plan';
import type { SecretResolver } from '../secrets';
import { askedSource } from './asked-source';
import { MetricHttp, MetricSourceError } from './metric-http';
import { implausible } from './plausible';
import type { HistoryRequest, MetricSource } from './port';
import { type PrometheusApiOptions, type PrometheusData, queryPrometheus } from './prometheus-api';
import { ageQueryFor, isOverridden, queryFor } from './prometheus-queries';
import { noQueryFor, requestsQuery } from './template';
import { reasonOf } from './unknown';

export interface PrometheusOptions {
  readonly secrets: SecretResolver;
  /** For one query. @default 5 */
  readonly timeoutSeconds?: number;
}

/** Samples may be this old, or as old as the window where that is longer: beyond, the scraping has stopped. */
const maxAgeSeconds = 60;

/** Points of the past that one watch is given. */
const maxHistoryPoints = 300;

/** Figures of Prometheus or of whatever speaks its HTTP API (Thanos, Mimir, VictoriaMetrics). */
export function createPrometheusSource(options: PrometheusOptions): MetricSource {
  const { secrets, timeoutSeconds = 5 } = options;
  const http = new MetricHttp({ vendor: 'Prometheus', timeoutSeconds, maxBytes: 16 * 1024 * 1024 });

  const apiOf = async ({ source }: MetricTarget): Promise<PrometheusApiOptions> => {
    const { name, url, secret } = source;
    if (url === null || !URL.canParse(url)) throw new MetricSourceError(`the metric source ${name} has no URL to ask`);
    return {
      url,
      authorization: secret === null ? null : authorization(await secrets.resolve(secret)),
      http,
      timeoutSeconds,
    };
  };

  return askedSource({
    read: async ({ target, needed }) => {
      const api = await apiOf(target);
      // As of now by its own clock: ours may be another.
      return readAll(target, needed, (query) => queryPrometheus(api, 'query', { query }));
    },
    history: async (request) => readHistory(await apiOf(request.target), request),
  });
}

function authorization(secret: string): string {
  return secret.includes(':') ? `Basic ${Buffer.from(secret).toString('base64')}` : `Bearer ${secret}`;
}

type Ask = (query: string) => Promise<PrometheusData>;

async function readAll(target: MetricTarget, needed: readonly NeededReading[], ask: Ask): Promise<MetricReading[]> {
  // Asked once each, however many readings need them.
  const once = new Map<string, Promise<PrometheusData>>();
  const asked: Ask = (query) => {
    const answer = once.get(query) ?? ask(query);
    once.set(query, answer);
    return answer;
  };
  return Promise.all(needed.map((one) => readOne(target, one, asked)));
}

async function readOne(target: MetricTarget, needed: NeededReading, ask: Ask): Promise<MetricReading> {
  const { metric, windowSeconds } = needed;
  const unknown = (reason: string, failed: boolean) => ({
    metric,
    windowSeconds,
    value: null,
    samples: 0,
    reason,
    ...(failed ? { failed } : {}),
  });
  const query = queryFor(target, metric, windowSeconds);
  if (query === null) {
    return unknown(noQueryFor(metric, target.source.name), true);
  }
  try {
    const [value, samples, age] = await Promise.all([
      ask(query).then(numberOf),
      samplesOf(target, windowSeconds, ask),
      // Whoever brings a query has labels of another kind, so ours cannot tell how old its samples are.
      isOverridden(target, metric) ? 0 : ageOf(target, ask),
    ]);
    if (age === null) return unknown(`Prometheus scrapes no replica of ${target.release}`, true);
    if (age > Math.max(maxAgeSeconds, windowSeconds)) {
      return unknown(
        `the newest sample of ${target.release} is ${Math.round(age)} s old: Prometheus has stopped to scrape it`,
        true,
      );
    }
    if (value === null) return unknown(`Prometheus has no value of ${metric} in ${windowSeconds} s`, false);
    const fault = implausible(metric, value) ?? implausible(requestsQuery, samples);
    if (fault !== null) return unknown(fault, true);
    return { metric, windowSeconds, value, samples };
  } catch (error) {
    return unknown(reasonOf(error), true);
  }
}

async function samplesOf(target: MetricTarget, windowSeconds: number, ask: Ask): Promise<number> {
  const query = queryFor(target, requestsQuery, windowSeconds);
  return query === null ? 0 : Math.round((await ask(query).then(numberOf)) ?? 0);
}

async function ageOf(target: MetricTarget, ask: Ask): Promise<number | null> {
  const query = ageQueryFor(target);
  return query === null ? 0 : ask(query).then(numberOf);
}

/**
 * The one number of an answer. Null: no data, or not a number (0 errors of 0 requests).
 * @throws MetricSourceError for several: which of them counts only the query's author knows
 */
function numberOf(data: PrometheusData): number | null {
  const points =
    data.resultType === 'vector'
      ? data.result.map(({ value }) => value)
      : data.resultType === 'scalar'
        ? [data.result]
        : null;
  if (points === null) throw new MetricSourceError(`the query answers with a ${data.resultType}, expected one number`);
  if (points.length > 1)
    throw new MetricSourceError(
      `the query answers with ${points.length} series, expected one: put sum() or max() around it`,
    );
  const [, text] = points[0] ?? [];
  const value = text === undefined ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}

async function readHistory(api: PrometheusApiOptions, request: HistoryRequest): Promise<BaselineReading[]> {
  const { target, needed, toMs, stepSeconds } = request;
  const fromMs = Math.max(request.fromMs, toMs - (maxHistoryPoints - 1) * stepSeconds * 1_000);
  const span = { start: String(fromMs / 1_000), end: String(toMs / 1_000), step: String(stepSeconds) };
  const series = async (metric: string, windowSeconds: number) => {
    const query = queryFor(target, metric, windowSeconds);
    if (query === null) return new Map<number, number>();
    const data = await queryPrometheus(api, 'query_range', { query, ...span });
    if (data.resultType !== 'matrix' || data.result.length > 1) return new Map<number, number>();
    return new Map((data.result[0]?.values ?? []).map(([at, value]) => [at, Number(value)]));
  };
  const readings = await Promise.all(
    needed.map(async ({ metric, windowSeconds }) => {
      const [values, requests] = await Promise.all([
        series(metric, windowSeconds),
        series(requestsQuery, windowSeconds),
      ]);
      return [...values].flatMap(([at, value]): BaselineReading[] =>
        implausible(metric, value) === null
          ? [
              {
                metric,
                windowSeconds,
                value,
                samples: Math.round(requests.get(at) ?? 0),
                at: new Date(at * 1_000).toISOString(),
              },
            ]
          : [],
      );
    }),
  );
  return readings.flat().sort((a, b) => a.at.localeCompare(b.at));
}
