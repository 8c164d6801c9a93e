export { ConfigError, type ListenConfig, type LogConfig, loadWorkerConfig, type WorkerConfig } from './config';
export type { TemporalAddress, WorkerConnection } from './connect';
export { createLogger, type Logger } from './logging';
export { type OpenServices, type OpenServicesOptions, openServices } from './open-services';
export type { Readiness } from './readiness';
export { installRuntime } from './runtime';
export type { ServiceContext, WorkerServices } from './services';
export { type RunningWorkers, type StartWorkersOptions, startWorkers } from './start-workers';
