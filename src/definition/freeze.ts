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
