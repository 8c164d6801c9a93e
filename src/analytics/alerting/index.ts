export { advance, nextDue } from './advance';
export { acknowledge, addSilence, endSilence, findAlert } from './commands';
export { alertFact, type FactText } from './facts';
export { takeMessages, takeOutcomes } from './outgoing';
export { bookOf, compacted, hasRecords, keepForLater, takeRecords } from './records';
export { configOf } from './routing';
export { emptyAlerting, keptLimit } from './state';
export { takeIn } from './take-in';
