import type { AlertBatch, AlertFact, AlertGroup, AlertingState, KeptAlert } from '../../contracts/alerting';
import type { Alert } from '../../contracts/alerts';
import { configOf, newGroup, routeOf, routesOf } from './routing';
import { alertsOf, beyondLimit, changed, earliest, keptLimit, later, passingLimit } from './state';

/** Takes in what was told; a fact that comes twice changes nothing. */
export function takeIn(state: AlertingState, batch: AlertBatch, now: string): void {
  state.config = configOf(state.config, batch.config);
  for (const fact of batch.facts) {
    if (fact.state === 'firing') raise(state, fact, now);
    else end(state, fact, now);
  }
}

/** Something in a group is new: it is told when others have had the time to join, and not too soon after the last time. */
export function news(state: AlertingState, group: AlertGroup, now: string): void {
  const route = state.config && routeOf(state.config, group);
  if (!route) return;
  const soonest = later(now, group.firstToldAt === null ? route.groupWaitSeconds : 0);
  const next = group.lastToldAt === null ? soonest : later(group.lastToldAt, route.groupIntervalSeconds);
  group.dueAt = earliest(group.dueAt, next > soonest ? next : soonest);
}

export function resolve(state: AlertingState, alert: KeptAlert, at: string, now: string): void {
  const resolved: KeptAlert = { ...alert, state: 'resolved', endedAt: at, endsAt: null, mutedBy: null };
  state.alerts[alert.fingerprint] = resolved;
  changed(state, resolved);
  for (const id of resolved.groups) {
    const group = state.groups[id];
    if (group) news(state, group, now);
  }
}

function raise(state: AlertingState, fact: AlertFact, now: string): void {
  const known = state.alerts[fact.fingerprint];
  const endsAt = fact.endsAfterSeconds === null ? null : later(fact.at, fact.endsAfterSeconds);
  if (known && known.state !== 'resolved') {
    const { severity, summary, description } = fact;
    const differs = known.severity !== severity || known.summary !== summary || known.description !== description;
    state.alerts[fact.fingerprint] = { ...known, severity, summary, description, endsAt };
    if (differs) changed(state, known);
    return;
  }
  if (!known && Object.keys(state.alerts).length >= keptLimit && !makeRoom(state)) {
    countBeyond(state, fact, now);
    return;
  }
  const groups = groupsOf(state, fact);
  const isPending = fact.forSeconds > 0;
  const alert: KeptAlert = {
    ...{ fingerprint: fact.fingerprint, name: fact.name, severity: fact.severity, labels: fact.labels },
    ...{ summary: fact.summary, description: fact.description, workflowId: fact.workflowId },
    state: isPending ? 'pending' : 'firing',
    startedAt: fact.at,
    endedAt: null,
    acknowledged: null,
    mutedBy: null,
    deliveries: [],
    groups: groups.map(({ id }) => id),
    firesAt: isPending ? later(fact.at, fact.forSeconds) : null,
    endsAt,
  };
  state.alerts[alert.fingerprint] = alert;
  changed(state, alert);
  for (const group of groups) {
    group.members[alert.fingerprint] ??= null;
    if (!isPending) news(state, group, now);
  }
}

function end(state: AlertingState, fact: AlertFact, now: string): void {
  const known = state.alerts[fact.fingerprint];
  if (!known) {
    for (const group of Object.values(state.groups)) {
      if (!group.beyond.includes(fact.fingerprint)) continue;
      group.beyond = group.beyond.filter((fingerprint) => fingerprint !== fact.fingerprint);
      pass(state, fact);
      news(state, group, now);
    }
    return;
  }
  if (known.state === 'resolved') return;
  // Nobody has heard of it, and nobody need.
  if (known.state === 'pending') forget(state, known);
  else resolve(state, known, fact.at < known.startedAt ? known.startedAt : fact.at, now);
}

export function forget(state: AlertingState, { fingerprint, groups }: KeptAlert): void {
  delete state.alerts[fingerprint];
  delete state.unrecorded[fingerprint];
  for (const id of groups) delete state.groups[id]?.members[fingerprint];
}

function groupsOf(state: AlertingState, fact: AlertFact): AlertGroup[] {
  if (!state.config) return [];
  return routesOf(state.config, fact).map((route) => {
    const fresh = newGroup(route, fact);
    state.groups[fresh.id] ??= fresh;
    return state.groups[fresh.id] ?? fresh;
  });
}

/** Lets go of one that is over, and that everybody was told of; what is not recorded of it waits for that alone. */
function makeRoom(state: AlertingState): boolean {
  for (const alert of Object.values(state.alerts)) {
    if (alert.state !== 'resolved') continue;
    const isTold = alert.groups.every((id) => state.groups[id]?.members[alert.fingerprint] !== 'firing');
    if (!isTold) continue;
    if (state.unrecorded[alert.fingerprint]) {
      if (state.passing.length >= passingLimit) return false;
      const { groups: _groups, firesAt: _firesAt, endsAt: _endsAt, ...told } = alert;
      state.passing.push(told);
    }
    forget(state, alert);
    return true;
  }
  return false;
}

function countBeyond(state: AlertingState, fact: AlertFact, now: string): void {
  const groups = crowdedGroupsOf(state, fact);
  let isNew = groups.length === 0;
  for (const group of groups) {
    if (group.beyond.includes(fact.fingerprint) || group.beyond.length >= beyondLimit) continue;
    group.beyond.push(fact.fingerprint);
    isNew = true;
    news(state, group, now);
  }
  if (isNew) pass(state, fact);
}

/** Groups that are there; where an alert would be the first of its group, one for all such: groups are state, too. */
function crowdedGroupsOf(state: AlertingState, fact: AlertFact): AlertGroup[] {
  if (!state.config) return [];
  return routesOf(state.config, fact).map((route) => {
    const known = state.groups[newGroup(route, fact).id];
    if (known) return known;
    const crowd = newGroup({ ...route, groupBy: [] }, fact);
    state.groups[crowd.id] ??= crowd;
    return state.groups[crowd.id] ?? crowd;
  });
}

/** Not kept, but recorded. */
function pass(state: AlertingState, fact: AlertFact): void {
  if (state.passing.length >= passingLimit) {
    state.unrecordable += 1;
    return;
  }
  const { fingerprint, name, severity, labels, summary, description, workflowId, at } = fact;
  const alert: Alert = {
    ...{ fingerprint, name, severity, labels, summary, description, workflowId, state: fact.state },
    startedAt: at,
    endedAt: fact.state === 'resolved' ? at : null,
    acknowledged: null,
    mutedBy: null,
    deliveries: [],
  };
  state.passing.push(alert);
}

export function firingIn(state: AlertingState, group: AlertGroup): number {
  const kept = alertsOf(state, Object.keys(group.members)).filter((alert) => alert.state === 'firing').length;
  return kept + group.beyond.length;
}
