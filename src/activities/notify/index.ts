export { parseAlertmanagerWebhook } from './alertmanager-webhook';
export { type ChannelOptions, createAlertChannels } from './channels';
export type { NotificationLogger } from './console';
export { createNotifyActivities, type NotifyActivitiesOptions } from './notify-activities';
export type { AlertChannel } from './port';
export type { SlackCommand } from './slack-command';
export { parseSlackInteraction, ReplayGuard, type SlackInteraction } from './slack-interaction';
export { type VerifyWebhook, webhookVerifier } from './webhook-verify';
