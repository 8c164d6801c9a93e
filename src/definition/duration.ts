const seconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const term = /(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g;
const whole = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w))+$/;

/** What a duration looks like, for error messages. */
export const durationForm = 'a duration such as 30s, 10m, 1h30m or 7d';

/** Seconds of `30s`, `1h30m`, `250ms`; null when the text is no duration. */
export function parseDuration(text: string): number | null {
  if (!whole.test(text)) return null;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(term)) total += Number(amount) * (seconds[unit ?? ''] ?? 0);
  return total;
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
