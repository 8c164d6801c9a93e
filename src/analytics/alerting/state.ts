import type { AlertGroup, AlertingState, KeptAlert } from '../../contracts/alerting';

/** Alerts kept one by one. What fires beyond is counted in its group: the state must fit into one payload. */
export const keptLimit = 1_000;
/** Fingerprints that a group counts beyond that: 17 bytes each. */
export const beyondLimit = 20_000;
/** Alerts that a message lists; it counts the others. */
export const listedLimit = 50;
/** Deliveries that an alert remembers: more is history, and in the database. */
export const deliveriesLimit = 20;
/** Resolved alerts stay to be looked at for this long, and at most so many. */
export const resolvedSeconds = 600;
export const resolvedLimit = 200;
/** What waits for a database that is away. */
export const passingLimit = 1_000;

export function emptyAlerting(): AlertingState {
  return {
    config: null,
    alerts: {},
    groups: {},
    silences: [],
    outgoing: [],
    sequence: 0,
    unrecorded: {},
    passing: [],
    unrecordable: 0,
  };
}

/** ISO-8601 in UTC with milliseconds: such texts compare as times do. */
export function later(at: string, seconds: number): string {
  return new Date(Date.parse(at) + seconds * 1000).toISOString();
}

export function earliest(...times: readonly (string | null | undefined)[]): string | null {
  let first: string | null = null;
  for (const time of times) if (time && (first === null || time < first)) first = time;
  return first;
}

export function changed(state: AlertingState, { fingerprint }: Pick<KeptAlert, 'fingerprint'>): void {
  state.unrecorded[fingerprint] = true;
}

export function alertsOf(state: AlertingState, fingerprints: readonly string[]): KeptAlert[] {
  return fingerprints.flatMap((fingerprint) => state.alerts[fingerprint] ?? []);
}

/** Members that fire, and that people are to be told of. */
export function loudOf(state: AlertingState, group: AlertGroup): KeptAlert[] {
  return alertsOf(state, Object.keys(group.members)).filter(isLoud);
}

export function isLoud({ state, mutedBy }: KeptAlert): boolean {
  return state === 'firing' && mutedBy === null;
}
