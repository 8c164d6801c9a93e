import { leadTimeBand } from './bands';
import { type DeliveryMeasure, doraMetricsPage } from './measure';
import { medianOf } from './statistics';

export const leadTime: DeliveryMeasure = {
  name: 'lead_time',
  title: 'Lead time for changes',
  unit: 'seconds',
  direction: 'down',
  source: doraMetricsPage,
  definition: ({ tally: { leadTimes, fromCommit } }) =>
    `Median time from the newest commit of the source to live in production; from the start of the run where the builder knew no commit (${leadTimes.length - fromCommit} of ${leadTimes.length}).`,
  value: ({ tally }) => medianOf(tally.leadTimes),
  band: leadTimeBand,
};
