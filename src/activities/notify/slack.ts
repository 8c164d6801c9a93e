import { WebClient } from '@slack/web-api';
import { failure } from '../../contracts/errors';
import type { ChannelPlan } from '../../definition/release-plan';
import type { SecretResolver } from '../secrets';
import type { AlertChannel, Channel } from './port';
import { alertBlocks, type Blocks, notificationBlocks } from './slack-blocks';
import { slackFailure } from './slack-failure';

export interface SlackOptions {
  readonly secrets: SecretResolver;
  /** For the whole answer. */
  readonly timeoutSeconds: number;
}

/**
 * One message a group, changed in place as the group changes; what somebody must not miss (news, an escalation) is told in
 * its thread as well, because a changed message rings for nobody. Slack keeps no idempotency key for `chat.postMessage`: a
 * post whose answer is lost may be there twice, which the heartbeats of the activity keep to that one moment.
 */
export function createSlackAlerts(options: SlackOptions): AlertChannel {
  return async (message, cancelled) => {
    const { channel, reference, kind, key } = message;
    const content = alertBlocks(message);
    const first = parseReference(reference);
    if (!first) return post(options, channel, content, cancelled, { key });
    await call(options, channel, cancelled, (client) => client.chat.update({ ...first, ...content }));
    if (kind === 'escalated' || kind === 'repeated' || kind === 'resolved') {
      const { text } = content;
      await post(options, channel, { text, blocks: [] }, cancelled, {
        key,
        thread: first.ts,
        broadcast: kind === 'escalated',
      });
    }
    return reference;
  };
}

/** Notifications of runs: those that ask for a decision have buttons for it. */
export function createSlackChannel(options: SlackOptions): Channel {
  return async (input, cancelled) => {
    await post(options, input.channel, notificationBlocks(input.notification), cancelled, { key: input.key });
  };
}

interface Reference {
  readonly channel: string;
  readonly ts: string;
}

interface Posting {
  readonly key: string;
  readonly thread?: string;
  readonly broadcast?: boolean;
}

async function post(
  options: SlackOptions,
  channel: ChannelPlan,
  content: { readonly text: string; readonly blocks: Blocks },
  cancelled: AbortSignal,
  { key, thread, broadcast = false }: Posting,
): Promise<string> {
  const [to] = channel.to;
  if (to === undefined)
    throw failure('InvalidInput', `channel "${channel.name}": Slack needs the id of one channel in "to"`);
  const answer = await call(options, channel, cancelled, (client) =>
    client.chat.postMessage({
      channel: to,
      text: content.text,
      ...(content.blocks.length > 0 ? { blocks: content.blocks } : {}),
      ...(thread === undefined ? {} : broadcast ? { thread_ts: thread, reply_broadcast: true } : { thread_ts: thread }),
      unfurl_links: false,
      metadata: { event_type: 'framework0', event_payload: { key } },
    }),
  );
  return JSON.stringify({ channel: answer.channel ?? to, ts: answer.ts ?? '' } satisfies Reference);
}

async function call<Answer>(
  { secrets, timeoutSeconds }: SlackOptions,
  channel: ChannelPlan,
  cancelled: AbortSignal,
  ask: (client: WebClient) => Promise<Answer>,
): Promise<Answer> {
  if (channel.secret === null)
    throw failure('InvalidInput', `channel "${channel.name}": Slack needs a bot token as its secret`);
  const token = await secrets.resolve(channel.secret);
  const timeout = AbortSignal.timeout(timeoutSeconds * 1_000);
  const signal = AbortSignal.any([cancelled, timeout]);
  const client = new WebClient(token, {
    ...(channel.url === null ? {} : { slackApiUrl: channel.url }),
    // Tries, pauses and time limits are Temporal's and ours.
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    fetch: (url, init) => fetch(url, { ...init, signal }),
    logger: silent,
  });
  try {
    return await ask(client);
  } catch (error) {
    cancelled.throwIfAborted();
    throw slackFailure(error, channel.name, timeout.aborted ? timeoutSeconds : null);
  }
}

function parseReference(text: string | null): Reference | null {
  if (text === null) return null;
  const { channel, ts } = JSON.parse(text) as Partial<Reference>;
  return channel && ts ? { channel, ts } : null;
}

/** The failures that we throw say all that its client would log. */
const silent: NonNullable<NonNullable<ConstructorParameters<typeof WebClient>[1]>['logger']> = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => 'error' as ReturnType<typeof silent.getLevel>,
  setName: () => undefined,
};
