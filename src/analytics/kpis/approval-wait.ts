import type { DeliveryMeasure } from './measure';
import { medianOf } from './statistics';

export const approvalWait: DeliveryMeasure = {
  name: 'approval_wait',
  title: 'Approval wait',
  unit: 'seconds',
  direction: 'down',
  source: null,
  definition: () =>
    'Median time from a question to people until it was approved, rejected or expired; open ones do not count.',
  value: ({ tally }) => medianOf(tally.approvalWaits),
};
