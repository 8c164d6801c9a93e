import { RRule, rrulestr } from 'rrule';

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

/** When a window last began, in milliseconds since the epoch; null when it has not begun yet. Days are those of UTC. */
export function lastStart(start: string, rule: string | null, now: number): number | null {
  const first = new Date(start);
  if (first.getTime() > now) return null;
  if (rule === null) return first.getTime();
  const recurrence = new RRule({ ...RRule.parseString(rule), dtstart: first });
  return recurrence.before(new Date(now), true)?.getTime() ?? null;
}
