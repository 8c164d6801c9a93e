import { createHash } from 'node:crypto';
import { event } from '@pagerduty/pdjs';
import type { NotifyInput } from '../../contracts/activities';
import type { AlertMessage } from '../../contracts/alerting';
import type { Severity } from '../../contracts/alerts';
import { failure } from '../../contracts/errors';
import type { ChannelPlan } from '../../definition/release-plan';
import type { SecretResolver } from '../secrets';
import { labelsText, restText, severityOf, titleOf } from './alert-text';
import type { AlertChannel, Channel } from './port';
import { networkFailure, responseFailure } from './webhook-failure';

export interface PagerDutyOptions {
  readonly secrets: SecretResolver;
  /** For the whole answer. */
  readonly timeoutSeconds: number;
}

type EventPayload = Parameters<typeof event>[0]['data'];

/** Limits of the Events API v2. */
const longestSummary = 1_024;
const publicServer = 'events.pagerduty.com';
/** The vendor's client asks again by itself, three times, after a 429: not for long, because Temporal retries too. */
const rateLimitPauseMs = 500;

/**
 * Events API v2: one incident a group, by its `dedup_key`. What is sent twice is one event there, so nobody is paged twice.
 * PagerDuty answers 202 before it has looked at the routing: a key of a service that was deleted is accepted and dropped,
 * which no client can tell.
 */
export function createPagerDutyAlerts(options: PagerDutyOptions): AlertChannel {
  return async (message, cancelled) => {
    await send(options, message, eventOf(message), cancelled);
    return null;
  };
}

/** Of notifications, those that somebody should get up for; approvals and good news are not a pager's business. */
export function createPagerDutyChannel(options: PagerDutyOptions): Channel {
  return async (input, cancelled) => {
    const { type, title, text, namespace, workflowId, at } = input.notification;
    if (type !== 'alert' && type !== 'rollback.started') return;
    const payload = {
      summary: cut(`${title}: ${text}`),
      source: workflowId,
      severity: 'warning' as const,
      timestamp: at,
      group: namespace,
    };
    await send(options, input, { event_action: 'trigger', dedup_key: dedupKey(input.key), payload }, cancelled);
  };
}

function eventOf(message: AlertMessage): Omit<EventPayload, 'routing_key'> {
  const { alerts, kind, namespace, group, firing } = message;
  return {
    event_action: kind === 'resolved' ? 'resolve' : kind === 'acknowledged' ? 'acknowledge' : 'trigger',
    dedup_key: dedupKey(`${namespace}/${group.id}`),
    payload: {
      summary: cut(`${titleOf(message)}: ${alerts[0]?.summary ?? ''}`),
      source: group.labels.environment || namespace,
      severity: pagerSeverity(severityOf(message)),
      timestamp: alerts[0]?.startedAt ?? message.at,
      group: namespace,
      class: alerts[0]?.name ?? 'alert',
      custom_details: {
        firing,
        alerts: alerts.map((alert) => `${alert.state} ${alert.name}: ${alert.summary} (${labelsText(alert)})`),
        rest: restText(message),
        fingerprints: alerts.map(({ fingerprint }) => fingerprint),
      },
    },
  };
}

async function send(
  { secrets, timeoutSeconds }: PagerDutyOptions,
  { channel, key }: Pick<NotifyInput, 'channel' | 'key'>,
  payload: Omit<EventPayload, 'routing_key'>,
  cancelled: AbortSignal,
): Promise<void> {
  if (channel.secret === null)
    throw failure('InvalidInput', `channel "${channel.name}": PagerDuty needs the integration key as its secret`);
  const url = serverOf(channel);
  const timeout = AbortSignal.timeout(timeoutSeconds * 1_000);
  const data = { ...payload, routing_key: await secrets.resolve(channel.secret) };
  let response: Awaited<ReturnType<typeof event>>['response'];
  try {
    const signal = AbortSignal.any([cancelled, timeout]);
    const options = { data, server: url.host, retryTimeout: rateLimitPauseMs, requestTimeout: 0, signal };
    response = (await event(options)).response;
  } catch (error) {
    cancelled.throwIfAborted();
    if (isNoJson(error)) {
      const message = `channel "${channel.name}": what answers at ${url.host} is not PagerDuty: is there a proxy?`;
      throw failure('Unavailable', message, { cause: error });
    }
    throw networkFailure(error, channel.name, url, timeout.aborted ? timeoutSeconds : null);
  }
  const refused = responseFailure(channel.name, url, response.status, Object.fromEntries(response.headers.entries()));
  if (refused) throw refused;
  if (response.status !== 202) {
    throw failure(
      'Unavailable',
      `channel "${channel.name}": ${url.host} answered ${response.status} for ${key}, not 202`,
    );
  }
}

/** The vendor's client reads JSON out of every answer, and throws where there is none: a proxy's page, say. */
function isNoJson(error: unknown): boolean {
  return error instanceof Error && error.name === 'FetchError' && /invalid json/.test(error.message);
}

function serverOf({ name, url }: ChannelPlan): URL {
  if (url === null) return new URL(`https://${publicServer}`);
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed?.protocol === 'https:') return parsed;
  throw failure('InvalidInput', `channel "${name}": "${url}" is no address of PagerDuty's; https://... was expected`);
}

function dedupKey(text: string): string {
  return `f0-${createHash('sha256').update(text).digest('hex').slice(0, 40)}`;
}

function pagerSeverity(severity: Severity): 'critical' | 'warning' | 'info' {
  return severity;
}

function cut(text: string): string {
  return text.slice(0, longestSummary);
}
