export { type AlertQuery, AlertsClient, type SilenceRequest } from './alerts';
export { type ConnectOptions, connectProduction, connectTemporal } from './connect';
export {
  ClientError,
  type ClientErrorCode,
  Conflict,
  InvalidInput,
  NotFound,
  NotReachable,
  Refused,
} from './errors';
export { inTurns } from './in-turns';
export { ProductionClient } from './production-client';
export { type PlanReading, type ReadPlanRequest, readPlan } from './read-plan';
export { createDecisionSigner, type DecisionSigner, type DecisionSignerOptions, type SignMessage } from './signing';
export { createSigningKey, readSigningKey } from './signing-key-file';
export type { RunTrace, TraceOutcome, TraceSpan, TraceSpanKind } from './trace-types';
export type {
  Command,
  Decision,
  DriftRequest,
  EnvironmentRef,
  FreezeRequest,
  ListFilter,
  OutsideEvent,
  ProductionClientOptions,
  RollbackStarted,
  RunStatus,
  RunSummary,
  StartedRun,
  StartRequest,
  WatchOptions,
} from './types';
export {
  abandonedBuilds,
  setCurrentBuild,
  type WorkerBuild,
  type WorkerBuildState,
  type WorkerBuilds,
  workerBuilds,
} from './worker-builds';
