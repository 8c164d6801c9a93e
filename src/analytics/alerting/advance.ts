import type { AlertingState } from '../../contracts/alerting';
import { mute } from './muting';
import { prune } from './records';
import { changed, earliest } from './state';
import { news, resolve } from './take-in';
import { groupDueAt, tellGroup } from './tell';

/** Does what time has brought: `for` is over, an event ends, a silence ends, a group is due. */
export function advance(state: AlertingState, now: string): void {
  for (const alert of Object.values(state.alerts)) {
    if (alert.endsAt !== null && alert.endsAt <= now) {
      resolve(state, alert, alert.endsAt, now);
      continue;
    }
    if (alert.firesAt === null || alert.firesAt > now) continue;
    state.alerts[alert.fingerprint] = { ...alert, state: 'firing', firesAt: null };
    changed(state, alert);
    for (const id of alert.groups) {
      const group = state.groups[id];
      if (group) news(state, group, now);
    }
  }
  mute(state, now);
  for (const group of Object.values(state.groups)) tellGroup(state, group, now);
  prune(state, now);
}

/** When there is something to do without anything new; null: nothing. */
export function nextDue(state: AlertingState): string | null {
  return earliest(
    ...Object.values(state.alerts).flatMap(({ firesAt, endsAt }) => [firesAt, endsAt]),
    ...state.silences.map(({ until }) => until),
    ...Object.values(state.groups).flatMap((group) => groupDueAt(state, group)),
    ...state.outgoing.filter(({ underWay }) => !underWay).map(({ dueAt }) => dueAt),
  );
}
