import { createHash } from 'node:crypto';
import { CloudEvent, HTTP } from 'cloudevents';
import type { NotifyInput } from '../../contracts/activities';
import { failure } from '../../contracts/errors';
import type { SecretResolver } from '../secrets';
import { postToChannel } from './channel-http';
import type { AlertChannel, Channel } from './port';
import { webhookKey } from './webhook-key';

export interface WebhookOptions {
  readonly secrets: SecretResolver;
  /** For the whole answer. */
  readonly timeoutSeconds: number;
}

/**
 * A CloudEvent 1.0 in structured mode. Its id is the idempotency key. When the channel has a secret, the raw body is
 * signed with HMAC-SHA256 as https://www.standardwebhooks.com describes: headers `webhook-id`, `webhook-timestamp` and
 * `webhook-signature` (`v1,<base64>` over `id.timestamp.body`), for which receivers find libraries in every language.
 */
export function createWebhookChannel(options: WebhookOptions): Channel {
  const post = createPost(options);
  return (input, cancelled) => post(input, toCloudEvent(input), cancelled);
}

/** A message about alerts, likewise: `io.framework0.alert.firing` and so on, the whole message as its data. */
export function createWebhookAlerts(options: WebhookOptions): AlertChannel {
  const post = createPost(options);
  return async (message, cancelled) => {
    const { channel, reference: _ours, ...data } = message;
    const event = new CloudEvent({
      id: message.key,
      type: `io.framework0.alert.${message.kind}`,
      source: `/framework0/${encodeURIComponent(message.namespace)}`,
      subject: message.group.id,
      time: message.at,
      datacontenttype: 'application/json',
      data: { ...data, channel: channel.name },
    });
    await post(message, event, cancelled);
    return null;
  };
}

type Addressed = Pick<NotifyInput, 'channel' | 'key'>;

function createPost({ secrets, timeoutSeconds }: WebhookOptions) {
  return async (input: Addressed, event: CloudEvent<unknown>, cancelled: AbortSignal): Promise<void> => {
    const url = parseUrl(input);
    const body = String(HTTP.structured(event).body);
    const signature = await sign(input, body, secrets);
    const headers = { 'content-type': cloudEventType, ...signature };
    await postToChannel({ channel: input.channel.name, url, headers, body, timeoutSeconds, cancelled });
  };
}

const cloudEventType = 'application/cloudevents+json; charset=utf-8';

function toCloudEvent({ key, notification }: NotifyInput): CloudEvent<NotifyInput['notification']> {
  return new CloudEvent({
    id: key,
    type: `io.framework0.${notification.type}`,
    source: `/framework0/${encodeURIComponent(notification.namespace)}`,
    subject: notification.workflowId,
    time: notification.at,
    datacontenttype: 'application/json',
    data: notification,
  });
}

async function sign(input: Addressed, body: string, secrets: SecretResolver): Promise<Record<string, string>> {
  // The signed text is joined with dots, so the id may have none: releases have.
  const id = `msg_${createHash('sha256').update(input.key).digest('hex').slice(0, 32)}`;
  if (input.channel.secret === null) return { 'webhook-id': id };
  const secret = await secrets.resolve(input.channel.secret);
  const now = new Date();
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': webhookKey(secret).sign(id, now, body),
  };
}

function parseUrl({ channel }: Addressed): URL {
  const url = URL.canParse(channel.url ?? '') ? new URL(channel.url ?? '') : null;
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw failure(
    'InvalidInput',
    `channel "${channel.name}": "${channel.url ?? ''}" is not a URL of a webhook; http://... or https://... was expected`,
  );
}
