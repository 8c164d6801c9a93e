export { createObserver } from './observer';
export type { Completion, Observer, ObserverLogger, ObserverOptions, ObserverStats } from './port';
