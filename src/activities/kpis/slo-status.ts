import type { MetricReading, NeededReading } from '../../analytics';
import { availabilityOf, budgetLeft, burnRate, burnRatePolicies, burnWindows } from '../../analytics/kpis';
import type { SloStatus } from '../../contracts/kpis';
import type { SloPlan } from '../../definition';
import type { FigureReader } from './figure-reader';
import { targetOf } from './targets';

const good = 'slo_good';
const total = 'slo_total';
const errorRate = 'error_rate';

/** Where an objective stands now. Never throws: what its source cannot say is null, with the reason. */
export async function sloStatus(slo: SloPlan, namespace: string, figures: FigureReader | null): Promise<SloStatus> {
  const { name, environment, app, objective, windowDays, source, queries } = slo;
  const wholeWindow = windowDays * 86_400;
  const windows = [...new Set([...burnWindows.map(({ seconds }) => seconds), wholeWindow])];
  const metrics = queries ? [good, total] : [errorRate];
  const needed = windows.flatMap((windowSeconds) => metrics.map((metric) => ({ metric, windowSeconds })));
  const own: Readonly<Record<string, string>> = queries
    ? { [good]: queries.good, [total]: queries.total }
    : { [errorRate]: source.queries[errorRate] ?? '' };
  const answer = figures ? await figures.read(targetOf(source, own, { namespace, environment, app }), needed) : null;
  const readings = answer?.readings ?? [];
  const availabilityIn = (seconds: number) =>
    queries
      ? availabilityOf(readingOf(readings, good, seconds), readingOf(readings, total, seconds))
      : inverted(readingOf(readings, errorRate, seconds));
  const availability = availabilityIn(wholeWindow);
  const reason = answer ? reasonOf(readings, availability) : 'no process that asks metric sources is at work';
  return {
    namespace,
    name,
    environment,
    objective,
    windowDays,
    availability,
    budgetLeft: budgetLeft(availability, objective),
    burnRates: burnRatePolicies.flatMap(({ rate: alertAbove, long, short }) =>
      [long, short].map((window) => ({
        window: window.name,
        rate: burnRate(availabilityIn(window.seconds), objective),
        alertAbove,
      })),
    ),
    ...(reason === null ? {} : { reason }),
    ...(answer ? { measuredAt: answer.measuredAt } : {}),
  };
}

function readingOf(readings: readonly MetricReading[], metric: string, windowSeconds: number): number | null {
  return readings.find((one) => sameQuestion(one, { metric, windowSeconds }))?.value ?? null;
}

function sameQuestion(a: NeededReading, b: NeededReading): boolean {
  return a.metric === b.metric && a.windowSeconds === b.windowSeconds;
}

function inverted(share: number | null): number | null {
  return share === null ? null : 1 - share;
}

/** Null: all is measured. */
function reasonOf(readings: readonly MetricReading[], availability: number | null): string | null {
  const unknown = readings.find(({ value }) => value === null);
  if (unknown) return unknown.reason ?? `the source has no value of ${unknown.metric}`;
  return availability === null ? 'no events in the whole window' : null;
}
