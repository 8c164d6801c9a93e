import type {
  AppKey,
  AppStatus,
  CommandAnswer,
  PrepareRequest,
  ReleaseRequest,
  ShiftRequest,
} from '../../activities/deploy/local-protocol';

/** What the control API can ask for. */
export interface ClusterCommands {
  prepare(request: PrepareRequest): Promise<CommandAnswer>;
  shift(request: ShiftRequest): CommandAnswer;
  promote(request: ReleaseRequest): CommandAnswer;
  retire(request: ReleaseRequest): CommandAnswer;
  status(app: AppKey): AppStatus;
  list(): readonly AppStatus[];
  stop(): Promise<void>;
}
