export { type BuildActivitiesOptions, createBuildActivities } from './build-activities';
export type { Builder, BuildProgress } from './port';
