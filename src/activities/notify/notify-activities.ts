import { Context } from '@temporalio/activity';
import type { NotifyActivities } from '../../contracts/activities';
import type { ChannelPlan } from '../../definition/release-plan';
import type { SecretResolver } from '../secrets';
import { createConsoleChannel, type NotificationLogger } from './console';
import { createEmailChannel } from './email';
import type { Channel } from './port';
import { createWebhookChannel } from './webhook';

export interface NotifyActivitiesOptions {
  readonly secrets: SecretResolver;
  readonly logger: NotificationLogger;
  /**
   * How long another side may take to answer.
   * @default 10, as receivers of webhooks are used to
   */
  readonly timeoutSeconds?: number;
}

export function createNotifyActivities(options: NotifyActivitiesOptions): NotifyActivities {
  const { secrets, logger, timeoutSeconds = 10 } = options;
  const channels: Readonly<Record<ChannelPlan['type'], Channel>> = {
    console: createConsoleChannel(logger),
    webhook: createWebhookChannel({ secrets, timeoutSeconds }),
    email: createEmailChannel({ secrets, logger, timeoutSeconds }),
  };
  return {
    async notify(input) {
      await channels[input.channel.type](input, Context.current().cancellationSignal);
    },
  };
}
