import { MetricsQueryResponse } from '@datadog/datadog-api-client/dist/packages/datadog-api-client-v1/models/MetricsQueryResponse.js';
import { ObjectSerializer } from '@datadog/datadog-api-client/dist/packages/datadog-api-client-v1/models/ObjectSerializer.js';
import { FakeVendor, type VendorRequest } from './fake-vendor';

export type DatadogPoint = readonly [atMs: number, value: number | null];

/** Points of the series that a query answers with: one list each. */
export type DatadogSeries = (query: string) => readonly (readonly DatadogPoint[])[];

export const keys = { api: 'api-key', application: 'application-key' };

/** `GET /api/v1/query` as Datadog's API description has it: its answers are made of the vendor's own models. */
export function fakeDatadog(seriesOf: () => DatadogSeries, now?: () => number): FakeVendor {
  return new FakeVendor(({ url, headers }) => {
    if (url.pathname !== '/api/v1/query') return { status: 404, body: { errors: ['Not found'] } };
    if (headers['dd-api-key'] !== keys.api || headers['dd-application-key'] !== keys.application) {
      return { status: 403, body: { errors: ['Forbidden'] } };
    }
    const { query, from, to } = parametersOf({ url });
    if (query === '' || !(from < to)) return { status: 400, body: { errors: ['Invalid query'] } };
    return { body: answer(query, seriesOf()(query), from, to) };
  }, now);
}

export function parametersOf({ url }: Pick<VendorRequest, 'url'>): { query: string; from: number; to: number } {
  const value = (name: string) => url.searchParams.get(name) ?? '';
  return { query: value('query'), from: Number(value('from')), to: Number(value('to')) };
}

export function answer(query: string, series: readonly (readonly DatadogPoint[])[], from: number, to: number): unknown {
  const response = Object.assign(new MetricsQueryResponse(), {
    status: 'ok',
    resType: 'time_series',
    query,
    fromDate: from * 1_000,
    toDate: to * 1_000,
    message: '',
    groupBy: [],
    series: series.map((points, index) => ({
      metric: query.slice(0, 40),
      scope: `host:${index}`,
      queryIndex: 0,
      interval: 10,
      length: points.length,
      // Datadog has no value for a bucket without data, which the types of its client do not know.
      pointlist: points.map(([atMs, value]) => [atMs, value as number] as [number, number]),
    })),
  });
  return ObjectSerializer.serialize(response, 'MetricsQueryResponse', '');
}
