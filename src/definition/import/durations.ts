import { parseDuration, printDuration } from '../duration';

/** Of `30`, `"30"`, `40s` or `1h30m` as the other tools write it; null: none, or one that a document cannot say. */
export function secondsIn(value: string | number | undefined): number | null {
  if (value === undefined) return null;
  const text = String(value).trim();
  return /^\d+$/.test(text) ? parseDuration(`${text}s`) : parseDuration(text);
}

/** The canonical text of a duration that takes some time; null for none. */
export function durationOf(value: string | number | undefined): string | null {
  const seconds = secondsIn(value);
  return seconds === null || seconds === 0 ? null : printDuration(seconds);
}
