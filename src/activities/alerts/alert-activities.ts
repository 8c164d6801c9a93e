import type { AlertActivities } from '../../contracts/alerting';
import { type ChannelOptions, createAlertChannels } from '../notify';
import type { AlertRecords } from './alert-records';
import { createDeliver } from './deliver';
import type { AlertIntake } from './intake';

export interface AlertActivitiesOptions extends ChannelOptions {
  readonly records: AlertRecords;
  readonly intake: AlertIntake;
}

export function createAlertActivities(options: AlertActivitiesOptions): AlertActivities {
  const { records, intake } = options;
  return {
    deliverAlerts: createDeliver(createAlertChannels(options)),
    recordAlerts: (input) => records.record(input),
    raiseAlerts: ({ namespace, config, facts }) => intake.raise(namespace, config, facts),
  };
}
