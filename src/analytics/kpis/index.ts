export { type BurnRateAlert, burnRateAlerts } from './burn-rate-alerts';
export { costOfDelay, type DelayCost, type DelaySum, type WaitingWorkflow } from './cost-of-delay';
export { dayMs, dayOf, isoOfDay } from './days';
export { type DeliveryQuestion, deliveryKpis, type OwnedDay } from './delivery-kpis';
export {
  availabilityOf,
  type BurnRatePolicy,
  type BurnWindow,
  budgetLeft,
  burnRate,
  burnRatePolicies,
  burnWindows,
} from './error-budget';
export { FactBook } from './fact-book';
export type { ApprovalFact, DeploymentFact, FactOwner, Facts, FailureFact, RunFact } from './facts';
export type { Band, DeliveryMeasure, Span } from './measure';
export { deliveryMeasures } from './measures';
export { isProductionName } from './production';
export { readEntry, runKeyOf } from './read-entry';
export { addTallies, emptyTally, type Tally } from './tally';
export { type DayTally, tallyDays } from './tally-days';
