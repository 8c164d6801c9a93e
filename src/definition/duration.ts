const seconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const term = /(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g;
/** As a regular expression, for the JSON Schema. */
export const durationPattern = '^(?:\\d+(?:\\.\\d+)?(?:ms|s|m|h|d|w))+$';
const whole = new RegExp(durationPattern);

/** A hundred years: what is longer is a slip, and timers cannot hold it. */
const longest = 100 * 365 * 86_400;

/** What a duration looks like, for error messages. */
export const durationForm = 'a duration such as 30s, 10m, 1h30m or 7d';

/** Seconds of `30s`, `1h30m`, `250ms`; null when the text is no duration. */
export function parseDuration(text: string): number | null {
  if (!whole.test(text)) return null;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(term)) total += Number(amount) * (seconds[unit ?? ''] ?? 0);
  if (total > longest) return null;
  // Tenths of seconds add up to fractions of milliseconds: a plan's hash must not see them.
  return Math.round(total * 1000) / 1000;
}

/** The shortest exact form: 5400 is `1h30m`. */
export function printDuration(total: number): string {
  if (total === 0) return '0s';
  const parts: string[] = [];
  let rest = Math.round(total * 1000);
  for (const unit of ['d', 'h', 'm', 's', 'ms'] as const) {
    const size = Math.round((seconds[unit] ?? 0) * 1000);
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${count}${unit}`);
    rest -= count * size;
  }
  return parts.join('');
}

/** Seconds of a text that the schema has accepted, or of the default where there is none. */
export function secondsOf(text: string | undefined, fallback: number): number {
  return text === undefined ? fallback : (parseDuration(text) ?? fallback);
}
