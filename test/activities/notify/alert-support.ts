import { createAlertChannels } from '../../../src/activities/notify';
import { createSecretResolver } from '../../../src/activities/secrets';
import type { AlertMessage } from '../../../src/contracts/alerting';
import { fact } from '../../analytics/alerting/support';
import { channel } from './support';

export function alertMessage(change: Partial<AlertMessage> = {}): AlertMessage {
  const {
    forSeconds: _for,
    endsAfterSeconds: _ends,
    at,
    ...line
  } = fact({ workflowId: 'deployment/team/shop/production/1.1.0' });
  return {
    key: 'alerting/team/0123456789abcdef/1/ops',
    channel: channel({}),
    kind: 'firing',
    namespace: 'team',
    group: { id: '0123456789abcdef', route: 'all', labels: { environment: 'production' } },
    alerts: [{ ...line, startedAt: at, endedAt: null }],
    firing: 1,
    resolved: 0,
    acknowledged: null,
    reference: null,
    at,
    ...change,
  };
}

/** The end of the same alert. */
export function endMessage(change: Partial<AlertMessage> = {}): AlertMessage {
  const { alerts, ...message } = alertMessage();
  const over = alerts.map((alert) => ({ ...alert, state: 'resolved' as const, endedAt: '2026-03-01T10:05:00.000Z' }));
  return { ...message, alerts: over, kind: 'resolved', firing: 0, resolved: 1, ...change };
}

export function alertRig(env: Readonly<Record<string, string>> = {}, timeoutSeconds = 20) {
  const logged: unknown[] = [];
  const logger = { info: (line: unknown) => logged.push(line), warn: (line: unknown) => logged.push(line) };
  const channels = createAlertChannels({
    secrets: createSecretResolver({ env, folder: null }),
    logger,
    timeoutSeconds,
  });
  const cancelled = new AbortController();
  return {
    logged,
    cancelled,
    send: (message: AlertMessage) => channels[message.channel.type](message, cancelled.signal),
  };
}
