export { type AlertActivitiesOptions, createAlertActivities } from './alert-activities';
export { type AlertFilter, type AlertRecords, createAlertRecords } from './alert-records';
export { createDeliver } from './deliver';
export { type AlertIntake, type AlertIntakeOptions, createAlertIntake } from './intake';
export { watchAlerts } from './watch-alerts';
