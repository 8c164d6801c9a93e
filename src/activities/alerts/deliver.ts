import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { AlertActivities, AlertMessage, DeliveryOutcome } from '../../contracts/alerting';
import { errorCodeOf, rootMessage } from '../../contracts/errors';
import type { ChannelPlan } from '../../definition/release-plan';
import type { AlertChannel } from '../notify';

/** Messages under way at once in one batch: enough for a storm to a webhook, few enough for one channel of Slack. */
const width = 16;

/**
 * Sends a batch, and beats after each message with all outcomes so far: a worker that takes the batch over after another
 * one has died goes on behind them. What one channel answers is its outcome, never the failure of the batch.
 */
export function createDeliver(
  channels: Readonly<Record<ChannelPlan['type'], AlertChannel>>,
): AlertActivities['deliverAlerts'] {
  return async ({ messages }) => {
    const { info, cancellationSignal, heartbeat } = contextParts();
    const outcomes = new Map(outcomesSoFar(info.heartbeatDetails).map((outcome) => [outcome.key, outcome]));
    const waiting = messages.filter(({ key }) => !outcomes.has(key));
    const lane = async () => {
      for (let message = waiting.shift(); message !== undefined; message = waiting.shift()) {
        outcomes.set(message.key, await sent(channels, message, cancellationSignal));
        heartbeat([...outcomes.values()]);
      }
    };
    await Promise.all(Array.from({ length: width }, lane));
    return messages.flatMap(({ key }) => outcomes.get(key) ?? []);
  };
}

function contextParts() {
  const context = Context.current();
  return {
    info: context.info,
    cancellationSignal: context.cancellationSignal,
    heartbeat: (details: readonly DeliveryOutcome[]) => context.heartbeat(details),
  };
}

function outcomesSoFar(details: unknown): readonly DeliveryOutcome[] {
  return Array.isArray(details) ? details : [];
}

async function sent(
  channels: Readonly<Record<ChannelPlan['type'], AlertChannel>>,
  message: AlertMessage,
  cancelled: AbortSignal,
): Promise<DeliveryOutcome> {
  const { key } = message;
  try {
    const reference = await channels[message.channel.type](message, cancelled);
    return { key, at: new Date().toISOString(), reference, failure: null };
  } catch (error) {
    // A worker that stops: another one goes on with what is left.
    cancelled.throwIfAborted();
    return { key, at: new Date().toISOString(), reference: null, failure: failureOf(error) };
  }
}

function failureOf(error: unknown): NonNullable<DeliveryOutcome['failure']> {
  const known = error instanceof ApplicationFailure ? error : null;
  const code = errorCodeOf(error) ?? 'Unavailable';
  const delay = /^([\d.]+)s$/.exec(String(known?.nextRetryDelay ?? ''))?.[1];
  return {
    code,
    message: known?.message ?? rootMessage(error),
    retryable: known ? !known.nonRetryable : true,
    retryAfterSeconds: delay === undefined ? null : Number(delay),
  };
}
