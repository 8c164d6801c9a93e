import { type Dispatcher, request } from 'undici';
import { z } from 'zod';
import { reasonOf } from './unknown';

/** An answer of Prometheus that is an error, or none: the message says which, and names the server. */
export class PrometheusError extends Error {
  override readonly name = 'PrometheusError';
}

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
  readonly dispatcher: Dispatcher;
  readonly timeoutSeconds: number;
}

/**
 * One query of the HTTP API. A partial answer (with warnings) is none: what is missing in it may be what fails.
 *
 * @throws PrometheusError
 * @see https://prometheus.io/docs/prometheus/latest/querying/api/
 */
export async function queryPrometheus(
  { url, authorization, dispatcher, timeoutSeconds }: PrometheusApiOptions,
  path: 'query' | 'query_range',
  parameters: Readonly<Record<string, string>>,
): Promise<PrometheusData> {
  const place = new URL(url).host;
  let status: number;
  let text: string;
  try {
    const response = await request(`${url.replace(/\/+$/, '')}/api/v1/${path}`, {
      method: 'POST',
      dispatcher,
      signal: AbortSignal.timeout(timeoutSeconds * 1_000),
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...(authorization === null ? {} : { authorization }),
      },
      // Prometheus gives up a little earlier, and then says why.
      body: new URLSearchParams({ timeout: `${Math.round(timeoutSeconds * 900)}ms`, ...parameters }).toString(),
    });
    status = response.statusCode;
    text = await response.body.text();
  } catch (error) {
    throw new PrometheusError(`Prometheus at ${place} cannot be asked: ${reasonOf(error)}`);
  }
  const json = jsonOf(text);
  const success = successSchema.safeParse(json);
  if (status === 200 && success.success) {
    const { data, warnings = [] } = success.data;
    if (warnings.length === 0) return data;
    throw new PrometheusError(`Prometheus at ${place} answered in part only: ${warnings.join('; ')}`);
  }
  const told = errorSchema.safeParse(json);
  const why = told.success ? `: ${told.data.error}` : status === 200 ? ' and something that is no query result' : '';
  throw new PrometheusError(`Prometheus at ${place} answered with status ${status}${why}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
