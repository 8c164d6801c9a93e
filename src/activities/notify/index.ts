export type { NotificationLogger } from './console';
export { createNotifyActivities, type NotifyActivitiesOptions } from './notify-activities';
