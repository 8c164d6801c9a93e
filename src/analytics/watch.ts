import { type AnalyzeResult, Verdict, type VerdictReason } from '../contracts/analysis';
import type { AnalysisPlan } from '../definition/release-plan';
import type { WatchSample } from './reading';
import type { Track, WatchState } from './watch-state';
import { advanceTracks } from './watch-tracks';
import { conclude, findBreach, reasonsOf, resultOf, windowsOver } from './watch-verdict';

/** What one sample changed. */
export interface WatchStep {
  readonly state: WatchState;
  /** Alerts that this sample made true; each once until it has been false again. */
  readonly alerts: VerdictReason[];
  /** Alerts that were true before, and are no longer; when the watch is over nobody looks any more, so all of them. */
  readonly resolved: VerdictReason[];
  /** Set when the watch is over. */
  readonly result: AnalyzeResult | null;
}

/**
 * One tick of a watch, pure. A sample that is not newer than the last one changes nothing, so a sample may be given again
 * after a crash.
 *
 * - A trigger that is true, or a criterion that is false, fails the watch at once (`for` respected).
 * - At the end of the window it passes when every criterion is true, all conditions were known for half of the time at
 *   least, and the judge, where there is a baseline, is content.
 * - What cannot be told extends it, by `maxExtensions` windows at most, and then ends it as `error`,
 *   `insufficient_data` or `inconclusive`. Unknown never passes.
 * - In mode `observe` it always passes at the end of the window, with the reasons that would have decided.
 */
export function advanceWatch(plan: AnalysisPlan, state: WatchState, sample: WatchSample): WatchStep {
  if (state.lastAt !== null && Date.parse(sample.at) <= Date.parse(state.lastAt)) {
    return { state, alerts: [], resolved: [], result: null };
  }
  const next = advanceTracks(plan, state, sample);
  const alerts = newlyRaised(state.alerts, next.alerts);
  const resolved = newlyRaised(next.alerts, state.alerts);
  const breach = findBreach(next);
  if (breach !== null && plan.mode !== 'observe') {
    const result = resultOf(next, sample.at, Verdict.fail, breach.reasons, { breachedAt: breach.at });
    return { state: next, alerts, resolved: [...resolved, ...stillRaised(next.alerts)], result };
  }
  const recorded = { ...next, recorded: next.recorded ?? breach };
  if (windowsOver(plan, recorded, sample.at) < 1) return { state: recorded, alerts, resolved, result: null };
  const concluded = conclude(plan, recorded, sample.at);
  const ended = concluded.result === null ? resolved : [...resolved, ...stillRaised(next.alerts)];
  return { alerts, resolved: ended, ...concluded };
}

/**
 * The result of a watch that is ended before its time, by an abort for example: inconclusive, never a success.
 *
 * @param at ISO-8601
 * @param why a clause that ends the sentence "the watch was cut short: ..."
 */
export function cutShort(state: WatchState, at: string, why: string): AnalyzeResult {
  const reason: VerdictReason = {
    kind: 'data',
    subject: 'watch',
    outcome: 'unknown',
    message: `the watch was cut short: ${why}`,
  };
  const seen = [...(state.recorded?.reasons ?? []), ...reasonsOf([...state.criteria, ...state.triggers])];
  return resultOf(state, at, Verdict.inconclusive, [reason, ...seen]);
}

function stillRaised(now: readonly Track[]): VerdictReason[] {
  return reasonsOf(now.filter(({ raised }) => raised));
}

function newlyRaised(before: readonly Track[], now: readonly Track[]): VerdictReason[] {
  return reasonsOf(now.filter(({ raised }, index) => raised && !before[index]?.raised));
}
