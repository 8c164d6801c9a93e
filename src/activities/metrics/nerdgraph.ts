import { z } from 'zod';
import { jsonOf } from '../http/json';
import { type MetricHttp, MetricSourceError } from './metric-http';

export interface NerdGraphOptions {
  readonly url: string;
  readonly account: number;
  readonly userKey: string;
  readonly http: MetricHttp;
  /** New Relic takes five seconds at least. */
  readonly queryTimeoutSeconds: number;
}

export interface NrqlResult {
  /** One row a figure, or a step of time. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** The end of the span that was asked for, by the clock of New Relic. */
  readonly endMs: number;
}

const containerSchema = z.object({
  results: z.array(z.record(z.string(), z.unknown())),
  metadata: z.object({
    messages: z.array(z.string()).nullish(),
    timeWindow: z.object({ end: z.coerce.number().positive() }),
  }),
});
const answerSchema = z.object({
  data: z
    .object({
      actor: z.object({ account: z.record(z.string(), z.unknown()).nullable() }).nullable(),
    })
    .nullish(),
  errors: z
    .array(
      z.object({
        message: z.string(),
        path: z.array(z.union([z.string(), z.number()])).nullish(),
      }),
    )
    .nullish(),
});

type NerdGraphAnswer = z.infer<typeof answerSchema>;

/**
 * Many queries in one request, because requests at once are what New Relic limits. Each has its own answer: one with a
 * mistake leaves the others as they are.
 *
 * @throws MetricSourceError when there is no answer at all
 * @see https://docs.newrelic.com/docs/apis/nerdgraph/examples/nerdgraph-nrql-tutorial/
 */
export async function queryNerdGraph(
  { url, account, userKey, http, queryTimeoutSeconds }: NerdGraphOptions,
  queries: readonly string[],
): Promise<(NrqlResult | MetricSourceError)[]> {
  const name = http.nameOf(url);
  const variables = Object.fromEntries(queries.map((nrql, index) => [aliasOf(index), nrql]));
  const { status, text } = await http.ask({
    account: `${url} ${userKey}`,
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json', 'api-key': userKey },
    body: JSON.stringify({
      query: documentFor(queries.length),
      variables: { account, timeout: queryTimeoutSeconds, ...variables },
    }),
  });
  const parsed = answerSchema.safeParse(jsonOf(text));
  if (status !== 200 || !parsed.success) {
    const told = parsed.success ? (parsed.data.errors ?? []).map(({ message }) => message) : [];
    const why = told.length > 0 ? `: ${told.join('; ')}` : status === 200 ? ' and something that is no result' : '';
    throw new MetricSourceError(`${name} answered with status ${status}${why}`);
  }
  return queries.map((_, index) => resultOf(name, parsed.data, aliasOf(index)));
}

function documentFor(count: number): string {
  const aliases = Array.from({ length: count }, (_, index) => aliasOf(index));
  const parameters = aliases.map((alias) => `$${alias}: Nrql!`).join(', ');
  const fields = aliases
    .map((alias) => `${alias}: nrql(query: $${alias}, timeout: $timeout) { ...figures }`)
    .join('\n      ');
  return `query ReadMetrics($account: Int!, $timeout: Seconds, ${parameters}) {
  actor {
    account(id: $account) {
      ${fields}
    }
  }
}
fragment figures on NrdbResultContainer {
  results
  metadata { messages timeWindow { end } }
}`;
}

function aliasOf(index: number): string {
  return `q${index}`;
}

function resultOf(name: string, { data, errors }: NerdGraphAnswer, alias: string): NrqlResult | MetricSourceError {
  // An error that is at no single query is of all of them.
  const own = (errors ?? []).filter(({ path }) => !path?.some(isAlias) || path.includes(alias));
  if (own.length > 0) {
    return new MetricSourceError(`${name} refused the query: ${own.map(({ message }) => message).join('; ')}`);
  }
  const container = containerSchema.safeParse(data?.actor?.account?.[alias]);
  if (!container.success) return new MetricSourceError(`${name} answered with something that is no result of a query`);
  const { results, metadata } = container.data;
  const messages = metadata.messages ?? [];
  // It says so when it has looked at a part of the data only: what is missing may be what fails.
  if (messages.length > 0) return new MetricSourceError(`${name} answered in part only: ${messages.join('; ')}`);
  return { rows: results, endMs: metadata.timeWindow.end };
}

function isAlias(step: string | number): boolean {
  return typeof step === 'string' && /^q\d+$/.test(step);
}
