export { createObserver } from './observer';
export type { Completion, Observer, ObserverLogger, ObserverOptions, ObserverStats, WatchView } from './port';
export { type ReadStoredWatches, storedWatches } from './stored-watches';
