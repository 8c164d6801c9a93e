import type { Logger } from 'pino';
import type { AlertChannel, Channel } from './port';

export type NotificationLogger = Pick<Logger, 'info' | 'warn'>;

/** A line in the worker's log: the default, which needs nothing and cannot be down. */
export function createConsoleChannel(logger: NotificationLogger): Channel {
  return async ({ key, channel, notification }) => {
    logger.info({ key, channel: channel.name, ...notification }, 'notification');
  };
}

export function createConsoleAlerts(logger: NotificationLogger): AlertChannel {
  return async ({ channel, ...message }) => {
    logger.warn({ ...message, channel: channel.name }, 'alert');
    return null;
  };
}
