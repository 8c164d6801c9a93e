import { type DeliveryMeasure, doraMetricsPage } from './measure';
import { shareOf } from './statistics';

export const reworkRate: DeliveryMeasure = {
  name: 'rework_rate',
  title: 'Rework rate',
  unit: 'share',
  direction: 'down',
  source: doraMetricsPage,
  definition: () =>
    'Deployments to production that were the first to go live after a failed one of the same app, as a share of all that went live.',
  value: ({ tally }) => shareOf(tally.reworks, tally.deployments),
};
