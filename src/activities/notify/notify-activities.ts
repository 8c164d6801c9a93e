import { Context } from '@temporalio/activity';
import type { NotifyActivities } from '../../contracts/activities';
import { type ChannelOptions, createChannels } from './channels';

export type NotifyActivitiesOptions = ChannelOptions;

export function createNotifyActivities(options: NotifyActivitiesOptions): NotifyActivities {
  const channels = createChannels(options);
  return {
    async notify(input) {
      await channels[input.channel.type](input, Context.current().cancellationSignal);
    },
  };
}
