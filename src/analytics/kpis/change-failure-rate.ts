import { changeFailureBand } from './bands';
import { type DeliveryMeasure, doraMetricsPage } from './measure';
import { shareOf } from './statistics';

export const changeFailureRate: DeliveryMeasure = {
  name: 'change_failure_rate',
  title: 'Change failure rate',
  unit: 'share',
  direction: 'down',
  source: doraMetricsPage,
  definition: () =>
    'Deployments that changed production and had to be taken back, then or later, as a share of all that changed production.',
  value: ({ tally }) => shareOf(tally.failures, tally.changes),
  band: changeFailureBand,
};
