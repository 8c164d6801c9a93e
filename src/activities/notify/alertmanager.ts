import type { NotifyInput } from '../../contracts/activities';
import type { AlertLine, AlertMessage } from '../../contracts/alerting';
import { failure } from '../../contracts/errors';
import type { ChannelPlan } from '../../definition/release-plan';
import type { SecretResolver } from '../secrets';
import { postToChannel } from './channel-http';
import type { AlertChannel, Channel } from './port';

export interface AlertmanagerOptions {
  readonly secrets: SecretResolver;
  /** For the whole answer. */
  readonly timeoutSeconds: number;
}

/** `POST /api/v2/alerts` of Alertmanager, as its OpenAPI description has it. */
interface PostableAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL?: string;
}

/** Alertmanager ends what it is not told of again; ours are told again when they repeat, four hours apart by default. */
const keepSeconds = 24 * 3600;

/** Alertmanager knows an alert by its labels: told twice, it is one. It groups and routes them as it is configured. */
export function createAlertmanagerAlerts(options: AlertmanagerOptions): AlertChannel {
  return async (message, cancelled) => {
    // It keeps no acknowledgements; silences are its own.
    if (message.kind !== 'acknowledged') await push(options, message, message.alerts.map(postable(message)), cancelled);
    return null;
  };
}

/** Of notifications, those that are alerts; an hour later they are over. */
export function createAlertmanagerChannel(options: AlertmanagerOptions): Channel {
  return async (input, cancelled) => {
    const { type, title, text, at, namespace, release, environment } = input.notification;
    if (type !== 'alert' && type !== 'rollback.started') return;
    const alert: PostableAlert = {
      labels: { alertname: title, namespace, release, ...(environment === null ? {} : { environment }) },
      annotations: { summary: text },
      startsAt: at,
      endsAt: new Date(Date.parse(at) + 3_600_000).toISOString(),
    };
    await push(options, input, [alert], cancelled);
  };
}

function postable({ at }: AlertMessage): (alert: AlertLine) => PostableAlert {
  return ({ labels, name, severity, summary, description, workflowId, startedAt, endedAt }) => ({
    labels: { ...labels, alertname: labels.alertname ?? name, severity },
    annotations: {
      summary,
      ...(description ? { description } : {}),
      ...(workflowId ? { workflow_id: workflowId } : {}),
    },
    startsAt: startedAt,
    endsAt: endedAt ?? new Date(Date.parse(at) + keepSeconds * 1000).toISOString(),
  });
}

async function push(
  { secrets, timeoutSeconds }: AlertmanagerOptions,
  { channel }: Pick<NotifyInput, 'channel'>,
  alerts: readonly PostableAlert[],
  cancelled: AbortSignal,
): Promise<void> {
  const url = urlOf(channel);
  const authorization = await authorizationOf(channel, secrets);
  const headers = { 'content-type': 'application/json', ...authorization };
  const body = JSON.stringify(alerts);
  await postToChannel({ channel: channel.name, url, headers, body, timeoutSeconds, cancelled });
}

function urlOf({ name, url }: ChannelPlan): URL {
  const base = URL.canParse(url ?? '') ? new URL(url ?? '') : null;
  if (base && (base.protocol === 'http:' || base.protocol === 'https:')) {
    base.pathname = `${base.pathname.replace(/\/$/, '')}/api/v2/alerts`;
    return base;
  }
  throw failure(
    'InvalidInput',
    `channel "${name}": "${url ?? ''}" is no address of an Alertmanager; http://... was expected`,
  );
}

/** The secret holds `user:password`, or else a token. */
async function authorizationOf({ secret }: ChannelPlan, secrets: SecretResolver): Promise<Record<string, string>> {
  if (secret === null) return {};
  const value = await secrets.resolve(secret);
  if (!value.includes(':')) return { authorization: `Bearer ${value}` };
  return { authorization: `Basic ${Buffer.from(value).toString('base64')}` };
}
