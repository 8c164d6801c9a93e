export {
  type AnomalyMetric,
  type AnomalyScore,
  anomalyLimit,
  anomalyMetrics,
  anomalySamples,
  detectAnomaly,
  isAnomalyTrigger,
  minBaselinePoints,
  type Norm,
  normOf,
} from './anomaly';
export { type ConditionOptions, type Evaluation, evaluateCondition, type Outcome } from './condition';
export { inUnit, naturalUnit } from './format';
export { type Bucket, counterIncrease, histogramQuantile } from './histogram';
export { type Judgement, judge, type SeriesByMetric } from './judge';
export { type MannWhitneyOptions, type MannWhitneyResult, mannWhitney } from './mann-whitney';
export { judgeMetric, type MetricJudgement, significance } from './metric-judge';
export {
  comparedMetrics,
  conditionsOf,
  neededBaselineReadings,
  neededReadings,
  uncomparedReadings,
} from './needed-readings';
export { addPoint, maxPoints, noPoints, type PointSeries } from './points';
export { type PrometheusSample, parsePrometheusText } from './prometheus-text';
export type { BaselineReading, MetricReading, NeededReading, WatchSample } from './reading';
export { type BuiltinMetric, builtinMetrics, ReleaseSeries, type ReleaseSeriesOptions } from './release-series';
export { advanceStreak, heldOutcome, type Streak } from './streak';
export { advanceWatch, cutShort, type WatchStep } from './watch';
export { startWatch, type WatchOptions, type WatchState } from './watch-state';
