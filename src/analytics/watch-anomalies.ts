import type { VerdictReason } from '../contracts/analysis';
import type { AnalysisPlan } from '../definition/release-plan';
import { type AnomalyMetric, anomalyMetrics, anomalySamples, detectAnomaly, hourOfWeek, normOf } from './anomaly';
import { findReading, whyUnknown } from './condition';
import { inUnit, naturalUnit } from './format';
import { noPoints, type PointSeries } from './points';
import type { WatchSample } from './reading';
import type { AnomalyTrack, WatchState } from './watch-state';

/** A norm is computed anew when its baseline has grown by this share: a dozen times in a long watch, not every sample. */
const renewAtGrowth = 1.1;

/** Looks at the golden metrics of a sample against the baseline. */
export function advanceAnomalies(
  plan: AnalysisPlan,
  anomalies: WatchState['anomalies'],
  baseline: WatchState['baseline'],
  sample: WatchSample,
): WatchState['anomalies'] {
  const advance = (metric: AnomalyMetric): AnomalyTrack => {
    const track = renewNorm(anomalies[metric], baseline[metric] ?? noPoints, Date.parse(sample.at));
    const reading = findReading(sample.candidate, metric, plan.windowSeconds);
    const value = whyUnknown(reading, plan.minRequests) === null ? (reading?.value ?? null) : null;
    const last = detectAnomaly(metric, value, track.norm);
    if (last.outcome === 'unknown') return { ...track, last };
    if (last.outcome === 'false') return { ...track, last, run: 0, since: null };
    return { ...track, last, run: track.run + 1, since: track.since ?? sample.at };
  };
  return { error_rate: advance('error_rate'), latency_p95: advance('latency_p95') };
}

/** What the detector says under the name of a trigger, and since when. */
export function anomalyReason(
  name: string,
  anomalies: WatchState['anomalies'],
): { reason: VerdictReason; since: string | null } {
  const tracks = anomalyMetrics.map((metric) => ({ metric, ...anomalies[metric] }));
  const lasting = tracks.filter(({ run }) => run >= anomalySamples);
  const [first] = lasting;
  if (first === undefined) {
    const outcome = tracks.every(({ last }) => last === null || last.outcome === 'unknown') ? 'unknown' : 'false';
    const message = tracks.flatMap(({ last }) => (last ? [last.message] : [])).join('; ');
    return { reason: { kind: 'anomaly', subject: name, outcome, message }, since: null };
  }
  const message = lasting
    .map(({ last, run, since }) => `${last?.message}, and has been for ${run} samples since ${since}`)
    .join('; ');
  const { last, metric, norm } = first;
  const unit = naturalUnit(metric);
  const reason: VerdictReason = {
    kind: 'anomaly',
    subject: name,
    outcome: 'true',
    message,
    ...(last?.score == null ? {} : { effect: last.score }),
    ...(norm === null ? {} : { baseline: inUnit(norm.median, unit) }),
    ...(unit === null ? {} : { unit }),
  };
  return { reason, since: lasting.map(({ since }) => since ?? '').toSorted()[0] ?? null };
}

function renewNorm(track: AnomalyTrack, baseline: PointSeries, atMs: number): AnomalyTrack {
  const points = baseline.values.length;
  const hour = hourOfWeek(atMs);
  if (points < renewAtGrowth * track.normPoints && points >= track.normPoints && hour === track.normHour) return track;
  return { ...track, norm: normOf(baseline, atMs), normPoints: points, normHour: hour };
}
