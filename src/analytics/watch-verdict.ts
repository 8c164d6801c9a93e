import { type AnalyzeResult, Verdict, type VerdictReason } from '../contracts/analysis';
import type { AnalysisPlan } from '../definition/release-plan';
import { formatSeconds } from './format';
import { canJudge, type Judgement, judge } from './judge';
import { pointWindow } from './needed-readings';
import type { Breach, Track, WatchState } from './watch-state';

/** A condition that was known for less than this share of the duration was not watched. */
const leastCoverage = 0.5;

/** Something that keeps a watch from passing: it could not be told. */
interface Hold {
  readonly reason: VerdictReason;
  readonly verdict: typeof Verdict.error | typeof Verdict.insufficientData | typeof Verdict.inconclusive;
}

/** What fails the watch as of the newest sample: triggers that are true, criteria that are false. */
export function findBreach(state: WatchState): Breach | null {
  const deciding = [
    ...state.triggers.filter(({ last }) => last?.outcome === 'true'),
    ...state.criteria.filter(({ last }) => last?.outcome === 'false'),
  ];
  const at = deciding.flatMap(({ streak }) => (streak ? [streak.since] : [])).toSorted(byTime)[0];
  return at === undefined ? null : { at, reasons: reasonsOf(deciding) };
}

/**
 * The verdict of a watch whose window is over, or null when it goes on: for want of data, up to the plan's extensions.
 * A longer watch ends with the first sample that settles it.
 */
export function conclude(
  plan: AnalysisPlan,
  state: WatchState,
  at: string,
): { state: WatchState; result: AnalyzeResult | null } {
  const windows = windowsOver(plan, state, at);
  const isLast = windows > plan.maxExtensions || plan.mode === 'observe';
  const judgement = judgeNow(plan, state, windows, isLast);
  const judged = judgement ? { ...state, windowsJudged: windows } : state;
  const finish = (verdict: Verdict, reasons: readonly VerdictReason[], breachedAt?: string) => ({
    state: judged,
    result: resultOf(judged, at, verdict, reasons, { ...scoreOf(judgement), ...(breachedAt ? { breachedAt } : {}) }),
  });

  const holds = holdsOf(plan, state, judgement);
  if (plan.mode === 'observe') {
    const recorded = state.recorded?.reasons ?? [];
    return finish(Verdict.pass, [...recorded, ...outcomesOf(plan, state, judgement, holds)], state.recorded?.at);
  }
  if (judgement?.verdict === 'fail') return finish(Verdict.fail, judgement.reasons);
  if (holds.length === 0) return finish(Verdict.pass, outcomesOf(plan, state, judgement, holds));
  if (!isLast) return { state: judged, result: null };
  const verdict = [Verdict.error, Verdict.insufficientData].find((worst) =>
    holds.some((hold) => hold.verdict === worst),
  );
  return finish(verdict ?? Verdict.inconclusive, [...holds.map(({ reason }) => reason), extent(plan, windows)]);
}

/** Composes a result; `reasons` must not be empty. */
export function resultOf(
  state: WatchState,
  at: string,
  verdict: Verdict,
  reasons: readonly VerdictReason[],
  more: Pick<AnalyzeResult, 'score' | 'breachedAt'> = {},
): AnalyzeResult {
  return { verdict, reasons, startedAt: state.startedAt, endedAt: at, samples: state.samples, ...more };
}

/** What each track said last, in the plan's order. */
export function reasonsOf(tracks: readonly Track[]): VerdictReason[] {
  return tracks.flatMap(({ last }) => (last ? [last] : []));
}

/** Windows that are over: 0 within the first, 1 from its end on. A plan without duration is over at its first sample. */
export function windowsOver(plan: AnalysisPlan, { startedAt }: WatchState, at: string): number {
  const elapsedMs = Date.parse(at) - Date.parse(startedAt);
  return plan.durationSeconds > 0 ? Math.floor(elapsedMs / (plan.durationSeconds * 1000)) : plan.maxExtensions + 1;
}

/** Judging costs more than all samples together: at the end of each window, and once every point is there. */
function judgeNow(plan: AnalysisPlan, state: WatchState, windows: number, isLast: boolean): Judgement | null {
  if (plan.judge === null || state.hasBaseline !== true) return null;
  const isDue =
    isLast || windows > state.windowsJudged || canJudge(plan.judge, state.candidate, state.baseline, overlapOf(plan));
  return isDue ? judge(plan.judge, state.candidate, state.baseline, overlapOf(plan)) : null;
}

/** Successive points over the wide window share that much of their data. */
function overlapOf(plan: AnalysisPlan): number {
  const narrow = pointWindow(plan);
  return narrow > 0 ? plan.windowSeconds / narrow : 1;
}

function holdsOf(plan: AnalysisPlan, state: WatchState, judgement: Judgement | null): Hold[] {
  const holds = [
    ...state.criteria.flatMap((track) => criterionHold(plan, track)),
    ...state.triggers.flatMap((track, index) =>
      plan.triggers[index]?.kind === 'condition' ? coverageHold(plan, track) : [],
    ),
  ];
  if (plan.judge === null || state.hasBaseline !== true || judgement?.verdict === 'pass') return holds;
  const reasons = judgement?.reasons.filter(({ outcome }) => outcome === 'unknown') ?? [judgeWaits];
  return [...holds, ...reasons.map((reason) => ({ reason, verdict: Verdict.insufficientData }))];
}

const judgeWaits: VerdictReason = {
  kind: 'judge',
  subject: 'score',
  outcome: 'unknown',
  message: 'the judge waits for more points',
};

function criterionHold(plan: AnalysisPlan, track: Track): Hold[] {
  const uncovered = coverageHold(plan, track);
  if (uncovered.length > 0 || track.last === null || track.last.outcome === 'true') return uncovered;
  if (track.blind) return [{ reason: track.last, verdict: verdictOfBlind(track) }];
  // It is measured, and has not held for as long as it says.
  return [{ reason: track.last, verdict: Verdict.inconclusive }];
}

function coverageHold(plan: AnalysisPlan, track: Track): Hold[] {
  const { last, knownMs, blind } = track;
  if (last === null) return [];
  const neededMs = leastCoverage * plan.durationSeconds * 1000;
  const isCovered = knownMs >= neededMs && (knownMs > 0 || !blind);
  if (isCovered) return [];
  const known = `${last.subject} was known for ${formatSeconds(knownMs / 1000)} of the ${formatSeconds(plan.durationSeconds)}, less than half`;
  const reason: VerdictReason = {
    ...last,
    outcome: 'unknown',
    message: `${known}; in the last sample, ${last.message}`,
  };
  return [{ reason, verdict: verdictOfBlind(track) }];
}

function verdictOfBlind({ failed }: Track): Hold['verdict'] {
  return failed ? Verdict.error : Verdict.insufficientData;
}

/** Everything that was looked at, for a watch that passes: what speaks for it first. */
function outcomesOf(
  plan: AnalysisPlan,
  state: WatchState,
  judgement: Judgement | null,
  holds: readonly Hold[],
): VerdictReason[] {
  const held = holds.map(({ reason }) => reason);
  const subjects = new Set(held.map(({ kind, subject }) => `${kind} ${subject}`));
  const rest = [
    ...reasonsOf(state.criteria),
    ...(judgement?.reasons ?? (plan.judge && state.hasBaseline !== true ? [noBaseline] : [])),
    ...reasonsOf(state.triggers),
  ].filter(({ kind, subject }) => !subjects.has(`${kind} ${subject}`));
  const all = [...held, ...rest];
  return all.length > 0 ? all : [nothingAsked];
}

const noBaseline: VerdictReason = {
  kind: 'judge',
  subject: 'score',
  outcome: 'unknown',
  message: 'there is no release before this one to compare with, so the judge was skipped',
};

const nothingAsked: VerdictReason = {
  kind: 'data',
  subject: 'watch',
  outcome: 'true',
  message: 'nothing was asked of the release but to run for the time',
};

function extent({ durationSeconds, maxExtensions }: AnalysisPlan, windows: number): VerdictReason {
  const further = maxExtensions === 0 ? '' : ` and ${maxExtensions} further`;
  const message = `the watch ended after its window of ${formatSeconds(durationSeconds)}${further}: it could not be told whether the release is good`;
  return { kind: 'data', subject: 'watch', outcome: 'unknown', message, observed: windows };
}

function scoreOf(judgement: Judgement | null): Pick<AnalyzeResult, 'score'> {
  return judgement === null || judgement.score === null ? {} : { score: judgement.score };
}

function byTime(a: string, b: string): number {
  return Date.parse(a) - Date.parse(b);
}
