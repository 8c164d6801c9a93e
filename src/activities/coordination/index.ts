export { type CoordinationDependencies, createCoordinationActivities } from './coordination';
