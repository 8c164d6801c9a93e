import { lastStart } from './recurrence';

/** A stretch of time in which nothing is promoted. Rollbacks are never held. */
export interface FreezeWindow {
  readonly name: string;
  readonly reason: string;
  /** Empty: all environments. */
  readonly environments: readonly string[];
  /** First start, ISO-8601. */
  readonly start: string;
  readonly durationSeconds: number;
  /** RFC 5545 recurrence rule without DTSTART, for example `FREQ=WEEKLY;BYDAY=FR`, days in UTC; null: once. */
  readonly rrule: string | null;
}

export interface ActiveFreeze {
  readonly name: string;
  readonly reason: string;
  /** ISO-8601. */
  readonly until: string;
}

/**
 * The freeze that holds an environment at an instant, the one that ends last; null when none does.
 *
 * @param instant ISO-8601; there is no clock in here, so that a workflow may ask.
 */
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
