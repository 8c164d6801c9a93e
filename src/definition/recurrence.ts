import { type Options, RRule, rrulestr } from 'rrule';

const dayMs = 86_400_000;

/** More often than daily is no freeze, and finding the last start among millions would stop a workflow. */
const frequencies = [RRule.DAILY, RRule.WEEKLY, RRule.MONTHLY, RRule.YEARLY];

/** Why the text is no recurrence rule that a freeze may have; null when it is one. */
export function recurrenceFault(rule: string, start: string): string | null {
  if (/DTSTART/i.test(rule)) return 'a rule with DTSTART has two starts';
  if (!/^(RRULE:)?FREQ=|;FREQ=/i.test(rule)) return `"${rule}" is not a recurrence rule`;
  try {
    const parsed = rrulestr(rule, { dtstart: new Date(start) });
    if (!(parsed instanceof RRule)) return `"${rule}" is not a single recurrence rule`;
    if (!frequencies.includes(parsed.options.freq)) return `"${rule}" recurs more often than daily`;
    return parsed.options.interval > 0 ? null : `"${rule}" has an interval of ${parsed.options.interval}`;
  } catch {
    return `"${rule}" is not a recurrence rule`;
  }
}

/**
 * When a window that may still be open began last, in milliseconds since the epoch; null when none can be open. Days are
 * those of UTC.
 */
export function lastStart(window: RecurringWindow, now: number): number | null {
  const { start, rrule, durationSeconds } = window;
  const first = Date.parse(start);
  if (first > now) return null;
  if (rrule === null) return first;
  const options = RRule.parseString(rrule);
  const dtstart = new Date(nearStart(options, first, now - durationSeconds * 1000));
  return new RRule({ ...options, dtstart }).before(new Date(now), true)?.getTime() ?? null;
}

interface RecurringWindow {
  readonly start: string;
  readonly durationSeconds: number;
  readonly rrule: string | null;
}

/**
 * A start in the same rhythm, so late that no window which could be open is missed: a daily rule of many years is not
 * gone through day by day in a workflow that asks again and again. Rules that count from their start keep it.
 */
function nearStart({ freq, interval, count }: Partial<Options>, first: number, opened: number): number {
  const isLong = freq === RRule.MONTHLY || freq === RRule.YEARLY;
  if (isLong || count) return first;
  const period = (freq === RRule.WEEKLY ? 7 : 1) * (interval ?? 1) * dayMs;
  return first + Math.max(0, Math.floor((opened - first) / period) - 1) * period;
}
