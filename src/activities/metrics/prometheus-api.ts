import { z } from 'zod';
import { jsonOf } from '../http/json';
import { type MetricHttp, MetricSourceError } from './metric-http';

const point = z.tuple([z.number(), z.string()]);
const dataSchema = z.discriminatedUnion('resultType', [
  z.object({ resultType: z.literal('vector'), result: z.array(z.object({ value: point.optional() })) }),
  z.object({ resultType: z.literal('matrix'), result: z.array(z.object({ values: z.array(point).optional() })) }),
  z.object({ resultType: z.literal('scalar'), result: point }),
  z.object({ resultType: z.literal('string'), result: point }),
]);
const successSchema = z.object({
  status: z.literal('success'),
  data: dataSchema,
  warnings: z.array(z.string()).optional(),
});
const errorSchema = z.object({ status: z.literal('error'), error: z.string() });

export type PrometheusData = z.infer<typeof dataSchema>;

export interface PrometheusApiOptions {
  readonly url: string;
  /** `Authorization`, when it asks for one. */
  readonly authorization: string | null;
  readonly http: MetricHttp;
  readonly timeoutSeconds: number;
}

/**
 * One query of the HTTP API. A partial answer (with warnings) is none: what is missing in it may be what fails.
 *
 * @throws MetricSourceError
 * @see https://prometheus.io/docs/prometheus/latest/querying/api/
 */
export async function queryPrometheus(
  { url, authorization, http, timeoutSeconds }: PrometheusApiOptions,
  path: 'query' | 'query_range',
  parameters: Readonly<Record<string, string>>,
): Promise<PrometheusData> {
  const place = http.nameOf(url);
  const { status, text } = await http.ask({
    account: `${url} ${authorization}`,
    url: `${url.replace(/\/+$/, '')}/api/v1/${path}`,
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(authorization === null ? {} : { authorization }),
    },
    // Prometheus gives up a little earlier, and then says why.
    body: new URLSearchParams({ timeout: `${Math.round(timeoutSeconds * 900)}ms`, ...parameters }).toString(),
  });
  const json = jsonOf(text);
  const success = successSchema.safeParse(json);
  if (status === 200 && success.success) {
    const { data, warnings = [] } = success.data;
    if (warnings.length === 0) return data;
    throw new MetricSourceError(`${place} answered in part only: ${warnings.join('; ')}`);
  }
  const told = errorSchema.safeParse(json);
  const why = told.success ? `: ${told.data.error}` : status === 200 ? ' and something that is no query result' : '';
  throw new MetricSourceError(`${place} answered with status ${status}${why}`);
}
