import { z } from 'zod';
import { datadogConfiguration } from '../datadog/configuration';
import { jsonOf } from '../http/json';
import { type MetricHttp, MetricSourceError } from './metric-http';
import type { Point } from './window';

export interface DatadogApiOptions {
  readonly url: string;
  readonly apiKey: string;
  readonly applicationKey: string;
  readonly http: MetricHttp;
  readonly now: () => number;
}

export interface DatadogQuestion {
  readonly query: string;
  /** Seconds since 1970. */
  readonly from: number;
  readonly to: number;
}

/** Ours and Datadog's may differ by this much; beyond, a window of ours is another one there. */
const maxSkewSeconds = 30;

// The client's models take whatever comes: what is relied upon is checked here.
const answerSchema = z.object({
  status: z.string(),
  error: z.string().optional(),
  series: z
    .array(
      z.object({
        pointlist: z.array(z.tuple([z.number().positive(), z.number().nullable()]).rest(z.unknown())).optional(),
      }),
    )
    .optional(),
});

/**
 * The points of the one series of a query; none: there is no data.
 *
 * @throws MetricSourceError
 * @see https://docs.datadoghq.com/api/latest/metrics/#query-timeseries-points
 */
export async function queryDatadog(options: DatadogApiOptions, { query, from, to }: DatadogQuestion): Promise<Point[]> {
  const { url, now } = options;
  const name = options.http.nameOf(url);
  const { api, dateOf } = await clientOf(options);
  let answer: unknown;
  try {
    answer = await api.queryMetrics({ from, to, query });
  } catch (error) {
    throw refusal(name, error);
  }
  const skew = (now() - (dateOf() ?? now())) / 1_000;
  if (Math.abs(skew) > maxSkewSeconds) {
    const side = skew > 0 ? 'ahead of' : 'behind';
    throw new MetricSourceError(
      `the clock of this machine is ${Math.round(Math.abs(skew))} s ${side} that of ${name}: no window can be told`,
    );
  }
  const parsed = answerSchema.safeParse(answer);
  if (!parsed.success) throw new MetricSourceError(`${name} answered with something that is no query result`);
  const { status, error, series = [] } = parsed.data;
  if (error || status !== 'ok') {
    throw new MetricSourceError(`${name} answered in part or not at all: ${error || `status ${status}`}`);
  }
  if (series.length > 1) {
    throw new MetricSourceError(
      `the query answers with ${series.length} series, expected one: aggregate them and take "by {...}" away`,
    );
  }
  return (series[0]?.pointlist ?? []).flatMap(([atMs, value]) => (value === null ? [] : [{ atMs, value }]));
}

/** One request: credentials may be others the next time, and the time of its answer belongs to it alone. */
async function clientOf({ url, apiKey, applicationKey, http }: DatadogApiOptions) {
  const { MetricsApi } = await import(
    '@datadog/datadog-api-client/dist/packages/datadog-api-client-v1/apis/MetricsApi.js'
  );
  let date: number | null = null;
  const configuration = await datadogConfiguration({
    url,
    keys: { apiKeyAuth: apiKey, appKeyAuth: applicationKey },
    send: async (request) => {
      const answer = await http.ask({
        account: `${url} ${apiKey}`,
        url: request.getUrl(),
        method: 'GET',
        headers: request.getHeaders(),
      });
      const told = Date.parse(answer.headers.date ?? '');
      date = Number.isNaN(told) ? null : told;
      return answer;
    },
  });
  return { api: new MetricsApi(configuration), dateOf: () => date };
}

const exceptionSchema = z.object({ code: z.int(), body: z.unknown() });
const errorsSchema = z.object({ errors: z.array(z.string()).min(1) });

function refusal(name: string, error: unknown): MetricSourceError {
  if (error instanceof MetricSourceError) return error;
  const told = exceptionSchema.safeParse(error);
  if (!told.success) return new MetricSourceError(`${name} answered with something that is no query result`);
  const { code, body } = told.data;
  const errors = errorsSchema.safeParse(typeof body === 'string' ? jsonOf(body) : body);
  const why = errors.success ? `: ${errors.data.errors.join('; ')}` : '';
  return new MetricSourceError(`${name} answered with status ${code}${why}${code === 403 ? keysHint : ''}`);
}

const keysHint = ' (are both keys right, of this site, and may the application key read timeseries?)';
