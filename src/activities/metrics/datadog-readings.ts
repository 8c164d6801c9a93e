import type { BaselineReading, MetricReading, NeededReading } from '../../analytics';
import type { MetricTarget } from '../../definition/release-plan';
import { datadogQueryFor } from './datadog-queries';
import { MetricSourceError } from './metric-http';
import { implausible } from './plausible';
import type { HistoryRequest } from './port';
import { noQueryFor, requestsQuery } from './template';
import { failedReading, reasonOf } from './unknown';
import {
  type Aggregation,
  isOfRequests,
  type Point,
  requestsOfWindow,
  valueOfWindow,
  type WindowQuestion,
  weigh,
} from './window';

/** The points of a query. */
export type AskDatadog = (query: string) => Promise<readonly Point[]>;

export interface DatadogReadingRequest {
  readonly target: MetricTarget;
  readonly needed: NeededReading;
  readonly nowMs: number;
  readonly ask: AskDatadog;
}

/** Agents send every ten seconds, and it takes a while until a query sees it: what is older has stopped. */
const maxAgeSeconds = 180;

/** The rounding of times; a bucket begins before it is asked for. */
const maxFutureSeconds = 30;

/** Points of the past that one watch is given. */
const maxHistoryPoints = 300;

/** Never throws. */
export async function datadogReading({ target, needed, nowMs, ask }: DatadogReadingRequest): Promise<MetricReading> {
  const { metric, windowSeconds } = needed;
  try {
    const measured = await measure(target, needed, ask);
    checkTimes(measured, target, metric, nowMs);
    const question = { ...measured, toMs: nowMs, windowSeconds };
    const value = valueOfWindow(question);
    if (value === 'partial') throw new MetricSourceError(`Datadog has ${metric} of less than half of the requests`);
    if (value === null) return noData(needed, measured);
    checkValues(metric, [{ atMs: nowMs, value }]);
    return { metric, windowSeconds, value, samples: Math.round(requestsOfWindow(question)) };
  } catch (error) {
    return failedReading(needed, reasonOf(error));
  }
}

/** @throws MetricSourceError */
export async function datadogHistory(
  { target, needed, fromMs, toMs, stepSeconds }: HistoryRequest,
  askSince: (fromMs: number) => AskDatadog,
): Promise<BaselineReading[]> {
  const stepMs = stepSeconds * 1_000;
  const steps = Math.min(maxHistoryPoints, Math.floor((toMs - fromMs) / stepMs) + 1);
  const firstMs = toMs - (steps - 1) * stepMs;
  const times = Array.from({ length: steps }, (_, index) => firstMs + index * stepMs);
  const widest = Math.max(0, ...needed.map(({ windowSeconds }) => windowSeconds));
  const ask = askSince(firstMs - widest * 1_000);
  const readings = await Promise.all(
    needed.map(async (one) => {
      const measured = await measure(target, one, ask);
      return times.flatMap((atMs): BaselineReading[] => {
        const question = { ...measured, toMs: atMs, windowSeconds: one.windowSeconds };
        const value = valueOfWindow(question);
        if (typeof value !== 'number' || implausible(one.metric, value) !== null) return [];
        return [{ ...one, value, samples: Math.round(requestsOfWindow(question)), at: new Date(atMs).toISOString() }];
      });
    }),
  );
  return readings.flat().sort((a, b) => a.at.localeCompare(b.at));
}

type Timed = Pick<Point, 'atMs'>;

interface Measured extends Pick<WindowQuestion, 'points' | 'requests'> {
  readonly aggregation: Aggregation;
}

/** @throws MetricSourceError */
async function measure(
  target: MetricTarget,
  { metric, windowSeconds }: NeededReading,
  ask: AskDatadog,
): Promise<Measured> {
  const found = datadogQueryFor(target, metric, windowSeconds);
  if (found === null) throw new MetricSourceError(noQueryFor(metric, target.source.name));
  const { query, aggregation } = found;
  const ofRequests = isOfRequests(aggregation) || metric === 'throughput';
  const requestsOf = ofRequests ? datadogQueryFor(target, requestsQuery, windowSeconds) : null;
  const [points, requests] = await Promise.all([ask(query), requestsOf === null ? [] : ask(requestsOf.query)]);
  // What is counted is no ratio yet.
  checkValues(aggregation === 'share_of_requests' ? requestsQuery : metric, points);
  checkValues(requestsQuery, requests);
  return { points, requests: weigh(points, requests), aggregation };
}

function checkValues(metric: string, points: readonly Point[]): void {
  for (const { value } of points) {
    const fault = implausible(metric, value);
    if (fault !== null) throw new MetricSourceError(fault);
  }
}

/** @throws MetricSourceError for points of a time that is still to come, or when there have been none for long */
function checkTimes(measured: Measured, target: MetricTarget, metric: string, nowMs: number): void {
  const newestMs = newest([...measured.points, ...measured.requests]);
  if (newestMs > nowMs + maxFutureSeconds * 1_000) {
    const ahead = Math.round((newestMs - nowMs) / 1_000);
    throw new MetricSourceError(`a sample of ${metric} is ${ahead} s in the future: a clock is wrong`);
  }
  const telling = tellingPoints(measured);
  const ageSeconds = Math.round((nowMs - newest(telling)) / 1_000);
  if (telling.length === 0 || ageSeconds <= maxAgeSeconds) return;
  throw new MetricSourceError(
    `the newest sample of ${target.release} is ${ageSeconds} s old: Datadog gets no more of it`,
  );
}

/** What is seldom, such as errors, may have stopped to happen; requests stop when the service does. */
function tellingPoints({ aggregation, points, requests }: Measured): readonly Timed[] {
  return isOfRequests(aggregation) ? requests : points;
}

function newest(points: readonly Timed[]): number {
  return points.reduce((latest, { atMs }) => Math.max(latest, atMs), Number.NEGATIVE_INFINITY);
}

function noData({ metric, windowSeconds }: NeededReading, measured: Measured): MetricReading {
  const unweighted = measured.points.length > 0 && tellingPoints(measured).length === 0;
  const reason = unweighted
    ? `Datadog has no requests to weigh ${metric} by: does the query \`${requestsQuery}\` fit?`
    : `Datadog has no value of ${metric} in ${windowSeconds} s`;
  return { metric, windowSeconds, value: null, samples: 0, reason };
}
