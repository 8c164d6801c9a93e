import type {
  AlertGroup,
  AlertingState,
  AlertLine,
  AlertMessage,
  DeliveryOutcome,
  KeptAlert,
  OutgoingMessage,
} from '../../contracts/alerting';
import type { AlertDelivery } from '../../contracts/alerts';
import { alertsOf, changed, deliveriesLimit, later, listedLimit } from './state';
import { firingIn } from './take-in';

/** The first pause after a whole chain has failed; it doubles. */
const retrySeconds = 5;
const longestRetrySeconds = 900;
/** About two hours in all: what is still not delivered then is told as failed, and again when it repeats. */
const rounds = 14;

/** Takes what is due, as it is to be sent; each is under way until its outcome is taken in. */
export function takeMessages(state: AlertingState, namespace: string, now: string): AlertMessage[] {
  const messages: AlertMessage[] = [];
  const busy = new Set(state.outgoing.filter(({ underWay }) => underWay).map(placeOf));
  for (const outgoing of [...state.outgoing]) {
    // One after the other to the same channel about the same group: an end must not overtake its beginning.
    if (outgoing.underWay || outgoing.dueAt > now || busy.has(placeOf(outgoing))) continue;
    busy.add(placeOf(outgoing));
    const group = state.groups[outgoing.group];
    const channel = state.config?.channels.find(({ name }) => name === outgoing.chain[outgoing.step]);
    if (!group || !channel) {
      drop(state, outgoing);
      continue;
    }
    outgoing.underWay = true;
    const alerts = alertsOf(state, outgoing.fingerprints);
    const resolved = alerts.filter((alert) => alert.state === 'resolved').length;
    messages.push({
      key: keyOf(namespace, outgoing),
      channel,
      kind: outgoing.kind,
      namespace,
      group: { id: group.id, route: group.route, labels: group.labels },
      alerts: alerts.slice(0, listedLimit).map(lineOf),
      firing: firingIn(state, group),
      resolved,
      acknowledged: alerts.find(({ acknowledged }) => acknowledged)?.acknowledged ?? null,
      reference: group.told[channel.name] ?? null,
      at: now,
    });
  }
  return messages;
}

/** What became of messages: where a channel failed, the next one of its chain is due at once. */
export function takeOutcomes(
  state: AlertingState,
  namespace: string,
  outcomes: readonly DeliveryOutcome[],
  now: string,
): void {
  const byKey = new Map(state.outgoing.map((outgoing) => [keyOf(namespace, outgoing), outgoing]));
  for (const outcome of outcomes) {
    const outgoing = byKey.get(outcome.key);
    const group = outgoing && state.groups[outgoing.group];
    if (!outgoing?.underWay || !group) continue;
    outgoing.underWay = false;
    note(state, outgoing, outcome);
    if (outcome.failure === null) delivered(state, group, outgoing, outcome.reference);
    else failed(state, group, outgoing, outcome.failure, now);
  }
}

function delivered(state: AlertingState, group: AlertGroup, outgoing: OutgoingMessage, reference: string | null): void {
  const channel = outgoing.chain[outgoing.step] ?? '';
  // The next time is another story, with another message.
  if (outgoing.kind === 'resolved') delete group.told[channel];
  else group.told[channel] = reference ?? group.told[channel] ?? null;
  drop(state, outgoing);
}

function failed(
  state: AlertingState,
  group: AlertGroup,
  outgoing: OutgoingMessage,
  failure: NonNullable<DeliveryOutcome['failure']>,
  now: string,
): void {
  const isOver = outgoing.kind !== 'resolved' && group.firstToldAt === null;
  if (isOver) {
    drop(state, outgoing);
    return;
  }
  outgoing.retryable ||= failure.retryable;
  outgoing.step += 1;
  outgoing.dueAt = now;
  if (outgoing.step < outgoing.chain.length) return;
  if (!outgoing.retryable || outgoing.round >= rounds) {
    drop(state, outgoing);
    return;
  }
  const pause = Math.min(longestRetrySeconds, retrySeconds * 2 ** outgoing.round);
  outgoing.dueAt = later(now, Math.max(pause, failure.retryAfterSeconds ?? 0));
  outgoing.round += 1;
  outgoing.step = 0;
  outgoing.retryable = false;
}

function note(state: AlertingState, outgoing: OutgoingMessage, { at, failure }: DeliveryOutcome): void {
  const channel = outgoing.chain[outgoing.step] ?? '';
  for (const alert of alertsOf(state, outgoing.fingerprints)) {
    const delivery: AlertDelivery = { channel, state: alert.state, at, failure: failure?.message ?? null };
    alert.deliveries = [...alert.deliveries, delivery].slice(-deliveriesLimit);
    changed(state, alert);
  }
}

function drop(state: AlertingState, outgoing: OutgoingMessage): void {
  state.outgoing = state.outgoing.filter((one) => one !== outgoing);
}

function placeOf({ group, chain, step }: OutgoingMessage): string {
  return `${group} ${chain[step] ?? ''}`;
}

function keyOf(namespace: string, { group, sequence, chain, step }: OutgoingMessage): string {
  return `alerting/${namespace}/${group}/${sequence}/${chain[step] ?? ''}`;
}

function lineOf(alert: KeptAlert): AlertLine {
  const { fingerprint, name, severity, state, labels, summary, description, workflowId, startedAt, endedAt } = alert;
  return { fingerprint, name, severity, state, labels, summary, description, workflowId, startedAt, endedAt };
}
