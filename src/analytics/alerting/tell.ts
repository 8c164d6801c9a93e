import type { AlertGroup, AlertingState, AlertMessageKind, KeptAlert } from '../../contracts/alerting';
import type { AlertRoute } from '../../definition/alerting-plan';
import { routeOf } from './routing';
import { alertsOf, isLoud, later, listedLimit, loudOf } from './state';
import { firingIn } from './take-in';

/** Puts on their way what is due in a group: news, the end, a repetition, an escalation. */
export function tellGroup(state: AlertingState, group: AlertGroup, now: string): void {
  const route = state.config && routeOf(state.config, group);
  if (!route) return;
  if (group.dueAt !== null && group.dueAt <= now) {
    group.dueAt = null;
    tellNews(state, group, route, now);
  }
  const nobodyCares = group.firstToldAt !== null && loudOf(state, group).some(({ acknowledged }) => !acknowledged);
  if (!nobodyCares) return;
  if (group.repeatAt !== null && group.repeatAt <= now) {
    group.repeatAt = route.repeatEverySeconds === null ? null : later(now, route.repeatEverySeconds);
    send(state, group, 'repeated', route.channels, loudOf(state, group), now);
  }
  for (const { afterSeconds, channels } of route.escalate.slice(group.escalated)) {
    if (later(group.firstToldAt ?? now, afterSeconds) > now) break;
    group.escalated += 1;
    send(state, group, 'escalated', channels, loudOf(state, group), now);
  }
}

/** When it has something to do next; null: never, as things are. */
export function groupDueAt(state: AlertingState, group: AlertGroup): readonly (string | null)[] {
  const route = state.config && routeOf(state.config, group);
  if (!route) return [];
  const next = route.escalate[group.escalated];
  const isOpen = group.firstToldAt !== null && loudOf(state, group).some(({ acknowledged }) => !acknowledged);
  if (!isOpen || group.firstToldAt === null) return [group.dueAt];
  return [group.dueAt, group.repeatAt, next ? later(group.firstToldAt, next.afterSeconds) : null];
}

/** Somebody takes care of all of it: those who know of it are told, where they can show it. */
export function tellAcknowledged(state: AlertingState, group: AlertGroup, now: string): void {
  const loud = loudOf(state, group);
  if (group.firstToldAt === null || group.acknowledgementTold || loud.length === 0) return;
  if (loud.some(({ acknowledged }) => !acknowledged)) return;
  group.acknowledgementTold = true;
  const canShow = new Set(['slack', 'pagerduty', 'webhook']);
  for (const { name, type } of state.config?.channels ?? []) {
    if (Object.hasOwn(group.told, name) && canShow.has(type)) send(state, group, 'acknowledged', [name], loud, now);
  }
}

function tellNews(state: AlertingState, group: AlertGroup, route: AlertRoute, now: string): void {
  const members = alertsOf(state, Object.keys(group.members));
  const fresh = members.filter((alert) => isLoud(alert) && group.members[alert.fingerprint] !== 'firing');
  const over = members.filter((alert) => alert.state === 'resolved' && group.members[alert.fingerprint] === 'firing');
  const loud = members.some(isLoud) || group.beyond.length > 0;
  for (const { fingerprint } of fresh) group.members[fingerprint] = 'firing';
  for (const { fingerprint } of over) group.members[fingerprint] = 'resolved';
  if (!loud) {
    // Muted ones may still fire: their group is not over, but nobody is to hear of it.
    if (group.firstToldAt !== null && firingIn(state, group) === 0) tellEnd(state, group, over, now);
    return;
  }
  const isFirst = group.firstToldAt === null;
  if (!isFirst && fresh.length === 0 && over.length === 0 && group.beyond.length === 0) return;
  if (fresh.some(({ acknowledged }) => !acknowledged)) group.acknowledgementTold = false;
  group.firstToldAt ??= now;
  if (isFirst) group.repeatAt = route.repeatEverySeconds === null ? null : later(now, route.repeatEverySeconds);
  send(state, group, 'firing', route.channels, [...fresh, ...over], now);
}

function tellEnd(state: AlertingState, group: AlertGroup, over: readonly KeptAlert[], now: string): void {
  const underWay = state.outgoing.filter((message) => message.group === group.id && message.underWay);
  const reached = new Set([...Object.keys(group.told), ...underWay.flatMap(({ chain, step }) => chain[step] ?? [])]);
  // Whoever has not heard of it by now need not hear that it is over.
  state.outgoing = state.outgoing.filter((message) => message.group !== group.id || message.underWay);
  for (const channel of reached) send(state, group, 'resolved', [channel], over, now);
  Object.assign(group, { firstToldAt: null, repeatAt: null, escalated: 0, acknowledgementTold: false });
}

function send(
  state: AlertingState,
  group: AlertGroup,
  kind: AlertMessageKind,
  chain: readonly string[],
  alerts: readonly KeptAlert[],
  now: string,
): void {
  state.sequence += 1;
  group.lastToldAt = now;
  // What still waits for the same channels is told with it.
  const isSame = (message: AlertingState['outgoing'][number]) =>
    message.group === group.id && !message.underWay && message.chain.join('/') === chain.join('/');
  const waiting = state.outgoing.filter(isSame).flatMap(({ fingerprints }) => fingerprints);
  const fingerprints = [...new Set([...waiting, ...alerts.map(({ fingerprint }) => fingerprint)])];
  state.outgoing = state.outgoing.filter((message) => !isSame(message));
  state.outgoing.push({
    sequence: state.sequence,
    group: group.id,
    kind,
    chain,
    fingerprints: fingerprints.slice(0, listedLimit * 20),
    step: 0,
    round: 0,
    retryable: false,
    dueAt: now,
    underWay: false,
  });
}
