import type { AlertingState, KeptAlert } from '../../contracts/alerting';
import type { AlertInhibition } from '../../definition/alerting-plan';
import { labelValue, matches, matchesExactly } from './routing';
import { changed } from './state';
import { news } from './take-in';

/** Says of each alert that is not over whether people are to be told, and if not, why. */
export function mute(state: AlertingState, now: string): void {
  state.silences = state.silences.filter(({ until }) => until > now);
  const inhibitors = (state.config?.alerting.inhibit ?? []).map((rule) => ({ rule, sources: sourcesOf(state, rule) }));
  for (const alert of Object.values(state.alerts)) {
    if (alert.state === 'resolved') continue;
    const silence = state.silences.find(({ matchers }) => matchesExactly(alert, matchers));
    const mutedBy = silence?.id ?? inhibitorOf(alert, inhibitors);
    if (mutedBy === alert.mutedBy) continue;
    alert.mutedBy = mutedBy;
    changed(state, alert);
    for (const id of alert.groups) {
      const group = state.groups[id];
      if (group && alert.state === 'firing') news(state, group, now);
    }
  }
}

interface Inhibitor {
  readonly rule: AlertInhibition;
  /** By the values of the labels that must be equal: fingerprints of what fires. */
  readonly sources: Readonly<Record<string, readonly string[]>>;
}

function sourcesOf(state: AlertingState, rule: AlertInhibition): Inhibitor['sources'] {
  const sources: Record<string, string[]> = {};
  for (const alert of Object.values(state.alerts)) {
    if (alert.state !== 'firing' || !matches(alert, rule.source)) continue;
    const key = keyOf(alert, rule);
    sources[key] = [...(sources[key] ?? []), alert.fingerprint].slice(0, 2);
  }
  return sources;
}

function inhibitorOf(alert: KeptAlert, inhibitors: readonly Inhibitor[]): string | null {
  for (const { rule, sources } of inhibitors) {
    if (!matches(alert, rule.target)) continue;
    // Not itself, and what is a source too is told: two that inhibit each other would both be lost.
    if (matches(alert, rule.source)) continue;
    const [source] = sources[keyOf(alert, rule)] ?? [];
    if (source !== undefined) return source;
  }
  return null;
}

function keyOf(alert: KeptAlert, { equal }: AlertInhibition): string {
  return JSON.stringify(equal.map((label) => labelValue(alert, label)));
}
