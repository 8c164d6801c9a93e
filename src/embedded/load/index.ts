export { type LoadOptions, type LoadRequest, type LoadRun, startLoad, type TrafficMix } from './load';
export type { LoadReport, ReleaseLoad } from './report';
