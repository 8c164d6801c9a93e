import type { AlertingState, KeptAlert } from '../../contracts/alerting';
import type { Silence } from '../../contracts/alerts';
import { changed } from './state';
import { news } from './take-in';
import { tellAcknowledged } from './tell';

/** Prefixes that people copy from a list are enough, where just one alert has them. */
export function findAlert(state: AlertingState, fingerprint: string): KeptAlert | null {
  const exact = state.alerts[fingerprint];
  if (exact) return exact;
  if (fingerprint.length < 6) return null;
  const [only, ...others] = Object.values(state.alerts).filter((alert) => alert.fingerprint.startsWith(fingerprint));
  return only && others.length === 0 ? only : null;
}

/** Somebody takes care: no repetition and no escalation while it fires. */
export function acknowledge(state: AlertingState, alert: KeptAlert, by: string, reason: string, now: string): void {
  const acknowledged: KeptAlert = { ...alert, acknowledged: { by, at: now, reason } };
  state.alerts[alert.fingerprint] = acknowledged;
  changed(state, acknowledged);
  for (const id of alert.groups) {
    const group = state.groups[id];
    if (group) tellAcknowledged(state, group, now);
  }
}

export function addSilence(state: AlertingState, silence: Silence): void {
  state.silences = [...state.silences.filter(({ id }) => id !== silence.id), silence];
}

/** False: there is no such silence. */
export function endSilence(state: AlertingState, id: string, now: string): boolean {
  const silence = state.silences.find((one) => one.id === id);
  if (!silence) return false;
  state.silences = state.silences.filter((one) => one !== silence);
  for (const alert of Object.values(state.alerts)) {
    if (alert.mutedBy !== id) continue;
    alert.mutedBy = null;
    changed(state, alert);
    for (const group of alert.groups) {
      const told = state.groups[group];
      if (told) news(state, told, now);
    }
  }
  return true;
}
