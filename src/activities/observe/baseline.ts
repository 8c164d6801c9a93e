import { type BaselineReading, type NeededReading, neededBaselineReadings } from '../../analytics';
import type { MetricTarget } from '../../definition/release-plan';
import type { MetricSources } from '../metrics';
import type { Watch } from './watch';

/** The past is looked for this often: a source that was just started does not have it, and will not. */
export const historyTries = 5;

/** How far back the past is looked for. What was longer ago was another load. */
const historySeconds = 900;

/** Over which the baseline must have had requests to be compared as it is now. */
const trafficMetric = 'throughput';

/** What the release before the candidate does now, while it still serves a part of the traffic; else nothing. */
export async function readBaseline(
  metrics: MetricSources,
  target: MetricTarget,
  needed: readonly NeededReading[],
  intervalSeconds: number,
  at: () => string,
): Promise<BaselineReading[]> {
  if (needed.length === 0) return [];
  const traffic = { metric: trafficMetric, windowSeconds: Math.max(3, 3 * intervalSeconds) };
  const readings = await metrics.read({ target, needed: [...needed, traffic], intervalSeconds });
  // After a blue-green shift its windows still hold the last requests of before for a while, the same ones again and
  // again: they would count as new figures each time.
  if ((readings.at(-1)?.value ?? 0) <= 0) return [];
  const now = at();
  return readings.slice(0, -1).map((reading) => ({ ...reading, at: now }));
}

/**
 * What the baseline did before the traffic was shifted, when it gets none any more: once a watch, because readings of the
 * same instant count once. A canary has its baseline beside it and needs no past.
 */
export async function readPast(metrics: MetricSources, watch: Watch): Promise<readonly BaselineReading[]> {
  const { input } = watch;
  if (watch.historyTries === null || input.baselineRelease === undefined || input.shiftedAt === undefined) return [];
  const toMs = Date.parse(input.shiftedAt);
  const past = await metrics.history({
    target: { ...input.target, release: input.baselineRelease },
    needed: neededBaselineReadings(input.plan),
    fromMs: toMs - historySeconds * 1_000,
    toMs,
    stepSeconds: input.plan.intervalSeconds,
  });
  const tries: number = watch.historyTries + 1;
  watch.historyTries = past.length > 0 || tries >= historyTries ? null : tries;
  return past;
}
