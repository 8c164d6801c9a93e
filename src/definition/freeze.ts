import { RRule, rrulestr } from 'rrule';

/** A stretch of time in which nothing is promoted. Rollbacks are never held. */
export interface FreezeWindow {
  readonly name: string;
  readonly reason: string;
  /** Empty: all environments. */
  readonly environments: readonly string[];
  /** First start, ISO-8601. */
  readonly start: string;
  readonly durationSeconds: number;
  /** RFC 5545 recurrence rule without DTSTART, for example `FREQ=WEEKLY;BYDAY=FR`; null: once. */
  readonly rrule: string | null;
}

export interface ActiveFreeze {
  readonly name: string;
  readonly reason: string;
  /** ISO-8601. */
  readonly until: string;
}

/** The freeze that holds an environment at an instant, the one that ends last; null when none does. */
export function freezeAt(windows: readonly FreezeWindow[], environment: string, instant: string): ActiveFreeze | null {
  const now = Date.parse(instant);
  const active = windows.flatMap((window) => {
    if (window.environments.length > 0 && !window.environments.includes(environment)) return [];
    const start = lastStart(window, now);
    const end = start === null ? Number.NEGATIVE_INFINITY : start + window.durationSeconds * 1000;
    return end > now ? [{ name: window.name, reason: window.reason, end }] : [];
  });
  const [latest] = active.sort((a, b) => b.end - a.end);
  return latest ? { name: latest.name, reason: latest.reason, until: new Date(latest.end).toISOString() } : null;
}

/** Why the text is no recurrence rule; null when it is one. */
export function recurrenceFault(rule: string): string | null {
  try {
    const parsed = rrulestr(rule);
    return parsed instanceof RRule && /FREQ=/i.test(rule) ? null : `"${rule}" is not a single recurrence rule`;
  } catch (error) {
    return `"${rule}" is not a recurrence rule: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** When the window last began, in milliseconds since the epoch; null when it has not begun yet. */
function lastStart({ start, rrule }: FreezeWindow, now: number): number | null {
  const first = new Date(start);
  if (first.getTime() > now) return null;
  if (rrule === null) return first.getTime();
  const rule = new RRule({ ...RRule.parseString(rrule), dtstart: first });
  return rule.before(new Date(now), true)?.getTime() ?? null;
}
