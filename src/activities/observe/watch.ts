import type { WatchState } from '../../analytics';
import type { AnalyzeInput } from '../../contracts/analysis';

/** One analysis under way, as the database has it. */
export interface StoredWatch {
  readonly key: string;
  /** Base64. */
  readonly taskToken: string;
  readonly workflowId: string;
  readonly input: AnalyzeInput;
  readonly heartbeatTimeoutMs: number;
  readonly state: WatchState | null;
}

/** The same in an observer's memory. */
export interface Watch extends Omit<StoredWatch, 'state'> {
  state: WatchState;
  /** How often the past of its baseline was asked for; null: it has it. */
  historyTries: number | null;
  /** Its samples are over: it has a result that is being delivered, or it was dropped. */
  ended: boolean;
}

/** The one that has seen more: what a heartbeat carried, or what the database had. */
export function furtherState(a: WatchState | null, b: WatchState | null): WatchState | null {
  if (a === null || b === null) return a ?? b;
  return Date.parse(a.lastAt ?? a.startedAt) >= Date.parse(b.lastAt ?? b.startedAt) ? a : b;
}
