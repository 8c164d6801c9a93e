import type { DeliveryMeasure } from './measure';
import { medianOf } from './statistics';

export const rollbackTime: DeliveryMeasure = {
  name: 'rollback_time',
  title: 'Rollback time',
  unit: 'seconds',
  direction: 'down',
  source: null,
  definition: () =>
    'Median time from the first sample that showed the breach (else from the decision) until the release before had all of the traffic again.',
  value: ({ tally }) => medianOf(tally.rollbackTimes),
};
