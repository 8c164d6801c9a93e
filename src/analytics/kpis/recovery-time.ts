import { recoveryBand } from './bands';
import { type DeliveryMeasure, doraMetricsPage } from './measure';
import { medianOf } from './statistics';

export const recoveryTime: DeliveryMeasure = {
  name: 'recovery_time',
  title: 'Failed deployment recovery time',
  unit: 'seconds',
  direction: 'down',
  source: doraMetricsPage,
  definition: () =>
    'Median time from the first sample that showed a failed deployment (else from the decision) until the release before serves again, or another release went live.',
  value: ({ tally }) => medianOf(tally.recoveryTimes),
  band: recoveryBand,
};
