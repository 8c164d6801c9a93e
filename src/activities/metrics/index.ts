export type { BuiltinOptions } from './builtin';
export { type Clock, systemClock } from './clock';
export { measureDeployments } from './measure-deployments';
export type { HistoryRequest, MetricSource, MetricSources, ReadRequest } from './port';
export { createMetricSources, type MetricSourcesOptions } from './sources';
