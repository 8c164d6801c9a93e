import type { WatchSample, WatchState } from '../../analytics';
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
  /** How far ahead of our clock the one was by which the watch was begun: its time never goes back. */
  readonly aheadMs: number;
  /** How often the past of its baseline was asked for; null: it has it. */
  historyTries: number | null;
  /** Its samples are over: it has a result that is being delivered, or it was dropped. */
  ended: boolean;
}

/** @param nowMs by the clock of this process */
export function aheadOf({ startedAt, lastAt }: WatchState, nowMs: number): number {
  return Math.max(0, Date.parse(lastAt ?? startedAt) - nowMs);
}

/** A sample of this process in the time that the watch goes by. */
export function inTimeOf({ aheadMs }: Watch, sample: WatchSample): WatchSample {
  if (aheadMs === 0) return sample;
  const later = (at: string) => new Date(Date.parse(at) + aheadMs).toISOString();
  const baseline = sample.baseline.map((reading) => ({ ...reading, at: later(reading.at) }));
  return { ...sample, at: later(sample.at), baseline };
}

/** The one that has seen more: what a heartbeat carried, or what the database had. */
export function furtherState(a: WatchState | null, b: WatchState | null): WatchState | null {
  if (a === null || b === null) return a ?? b;
  return Date.parse(a.lastAt ?? a.startedAt) >= Date.parse(b.lastAt ?? b.startedAt) ? a : b;
}
