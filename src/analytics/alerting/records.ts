import type { AlertGroup, AlertingState, KeptAlert } from '../../contracts/alerting';
import type { Alert, AlertBook } from '../../contracts/alerts';
import { alertsOf, passingLimit, resolvedLimit, resolvedSeconds } from './state';
import { forget } from './take-in';

export function alertOf({ groups: _groups, firesAt: _firesAt, endsAt: _endsAt, ...alert }: KeptAlert): Alert {
  return alert;
}

/** What the entity knows, newest first. */
export function bookOf(state: AlertingState): AlertBook {
  const alerts = [...state.passing, ...Object.values(state.alerts).map(alertOf)];
  return {
    alerts: alerts.sort((a, b) => b.startedAt.localeCompare(a.startedAt)),
    silences: state.silences,
  };
}

/** Takes what is to be recorded next. Give it back by `keepForLater` when it could not be. */
export function takeRecords(state: AlertingState, limit: number): Alert[] {
  const passing = state.passing.splice(0, limit);
  const fingerprints = Object.keys(state.unrecorded).slice(0, limit - passing.length);
  for (const fingerprint of fingerprints) delete state.unrecorded[fingerprint];
  return [...passing, ...alertsOf(state, fingerprints).map(alertOf)];
}

export function keepForLater(state: AlertingState, alerts: readonly Alert[]): void {
  for (const alert of alerts) {
    if (state.alerts[alert.fingerprint]) state.unrecorded[alert.fingerprint] = true;
    else if (state.passing.length < passingLimit) state.passing.push(alert);
    else state.unrecordable += 1;
  }
}

export function hasRecords(state: AlertingState): boolean {
  return state.passing.length > 0 || Object.keys(state.unrecorded).length > 0;
}

/** Lets go of what is over, told and recorded, and of groups that are about nothing. */
export function prune(state: AlertingState, now: string): void {
  const underWay = new Set(state.outgoing.flatMap(({ fingerprints }) => fingerprints));
  const over = Object.values(state.alerts)
    .filter((alert) => alert.state === 'resolved' && !underWay.has(alert.fingerprint))
    .filter(({ fingerprint }) => !state.unrecorded[fingerprint])
    .filter(({ fingerprint, groups }) => groups.every((id) => state.groups[id]?.members[fingerprint] !== 'firing'))
    .sort((a, b) => (b.endedAt ?? '').localeCompare(a.endedAt ?? ''));
  for (const [index, alert] of over.entries()) {
    const isOld = Date.parse(now) - Date.parse(alert.endedAt ?? now) > resolvedSeconds * 1000;
    if (isOld || index >= resolvedLimit) forget(state, alert);
  }
  for (const group of Object.values(state.groups)) if (isEmpty(state, group)) delete state.groups[group.id];
}

function isEmpty(state: AlertingState, { id, members, beyond, firstToldAt, told }: AlertGroup): boolean {
  const isKnown = firstToldAt !== null || Object.keys(told).length > 0;
  if (isKnown || beyond.length > 0 || Object.keys(members).length > 0) return false;
  return !state.outgoing.some(({ group }) => group === id);
}

/** Half of what Temporal takes as one payload: the rest is for what a converter adds. */
const carriedBytes = 1_000_000;

/** The state as it is carried over: where it would not fit, texts go first, then deliveries, which are in the database. */
export function compacted(state: AlertingState): AlertingState {
  const fits = (): boolean => JSON.stringify(state).length <= carriedBytes;
  if (fits()) return state;
  for (const alert of Object.values(state.alerts)) state.alerts[alert.fingerprint] = { ...alert, description: '' };
  if (fits()) return state;
  for (const alert of Object.values(state.alerts)) alert.deliveries = alert.deliveries.slice(-1);
  if (fits()) return state;
  state.unrecordable += state.passing.length;
  state.passing = [];
  for (const alert of Object.values(state.alerts)) {
    state.alerts[alert.fingerprint] = { ...alert, summary: alert.summary.slice(0, 100) };
  }
  return state;
}
