import { approvalWait } from './approval-wait';
import { changeFailureRate } from './change-failure-rate';
import { deploymentFrequency } from './deployment-frequency';
import { leadTime } from './lead-time';
import type { DeliveryMeasure } from './measure';
import { recoveryTime } from './recovery-time';
import { reworkRate } from './rework-rate';
import { rollbackTime } from './rollback-time';

/** The four keys of DORA, then ours; the cost of delay, which needs a declared cost, stands beside them. */
export const deliveryMeasures: readonly DeliveryMeasure[] = [
  deploymentFrequency,
  leadTime,
  changeFailureRate,
  recoveryTime,
  reworkRate,
  approvalWait,
  rollbackTime,
];
