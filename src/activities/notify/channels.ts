import type { ChannelPlan } from '../../definition/release-plan';
import type { SecretResolver } from '../secrets';
import { createAlertmanagerAlerts, createAlertmanagerChannel } from './alertmanager';
import { createConsoleAlerts, createConsoleChannel, type NotificationLogger } from './console';
import { createDatadogChannel } from './datadog';
import { createEmailAlerts, createEmailChannel } from './email';
import { createGrafanaChannel } from './grafana';
import { noAlerts } from './graph-mark';
import { createNewRelicChannel } from './new-relic';
import { createPagerDutyAlerts, createPagerDutyChannel } from './pagerduty';
import type { AlertChannel, Channel } from './port';
import { createSlackAlerts, createSlackChannel } from './slack';
import { createWebhookAlerts, createWebhookChannel } from './webhook';

export interface ChannelOptions {
  readonly secrets: SecretResolver;
  readonly logger: NotificationLogger;
  /**
   * How long another side may take to answer.
   * @default 10, as receivers of webhooks are used to
   */
  readonly timeoutSeconds?: number;
}

/** What sends notifications, by type. */
export function createChannels(options: ChannelOptions): Readonly<Record<ChannelPlan['type'], Channel>> {
  const { secrets, logger, timeoutSeconds = 10 } = options;
  return {
    console: createConsoleChannel(logger),
    webhook: createWebhookChannel({ secrets, timeoutSeconds }),
    email: createEmailChannel({ secrets, logger, timeoutSeconds }),
    slack: createSlackChannel({ secrets, timeoutSeconds }),
    pagerduty: createPagerDutyChannel({ secrets, timeoutSeconds }),
    alertmanager: createAlertmanagerChannel({ secrets, timeoutSeconds }),
    grafana: createGrafanaChannel({ secrets, timeoutSeconds }),
    datadog: createDatadogChannel({ secrets, timeoutSeconds }),
    new_relic: createNewRelicChannel({ secrets, timeoutSeconds }),
  };
}

/** What sends messages about alerts, by type. */
export function createAlertChannels(options: ChannelOptions): Readonly<Record<ChannelPlan['type'], AlertChannel>> {
  const { secrets, logger, timeoutSeconds = 10 } = options;
  return {
    console: createConsoleAlerts(logger),
    webhook: createWebhookAlerts({ secrets, timeoutSeconds }),
    email: createEmailAlerts({ secrets, logger, timeoutSeconds }),
    slack: createSlackAlerts({ secrets, timeoutSeconds }),
    pagerduty: createPagerDutyAlerts({ secrets, timeoutSeconds }),
    alertmanager: createAlertmanagerAlerts({ secrets, timeoutSeconds }),
    grafana: noAlerts,
    datadog: noAlerts,
    new_relic: noAlerts,
  };
}
