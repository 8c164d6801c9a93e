import type { Outcome } from './condition';

/** An unbroken run of one answer, true or false. Plain JSON. */
export interface Streak {
  readonly outcome: 'true' | 'false';
  /** ISO-8601; the first sample of the run. */
  readonly since: string;
  /** Time between samples that follow each other without an unknown one between them. */
  readonly heldMs: number;
  /** ISO-8601; the newest sample of the run. */
  readonly lastAt: string;
  /** Samples have been unknown since `lastAt`. */
  readonly interrupted: boolean;
}

/**
 * Carries a run on by one sample. An unknown sample stops the clock: it adds nothing to the time held and takes nothing
 * away. When nothing was known for longer than `forgetAfterSeconds`, what was seen before is out of date, and the run is
 * over: null, as before the first known sample.
 */
export function advanceStreak(
  streak: Streak | null,
  outcome: Outcome,
  at: string,
  forgetAfterSeconds: number,
): Streak | null {
  const gapMs = streak === null ? 0 : Date.parse(at) - Date.parse(streak.lastAt);
  const current = gapMs <= forgetAfterSeconds * 1000 ? streak : null;
  if (outcome === 'unknown') return current && { ...current, interrupted: true };
  if (current?.outcome !== outcome) return { outcome, since: at, heldMs: 0, lastAt: at, interrupted: false };
  const heldMs = current.heldMs + (current.interrupted ? 0 : gapMs);
  return { ...current, heldMs, lastAt: at, interrupted: false };
}

/**
 * The answer of `CONDITION for DURATION`: true once the condition has been true for that long, false once it has been
 * false for that long, unknown as long as neither is so or the newest sample is unknown.
 */
export function heldOutcome(streak: Streak | null, seconds: number): Outcome {
  if (streak === null || streak.interrupted || streak.heldMs < seconds * 1000) return 'unknown';
  return streak.outcome;
}
