export { type CommandActivitiesOptions, createCommandActivities } from './command-activities';
