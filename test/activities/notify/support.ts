import { createNotifyActivities, type NotificationLogger } from '../../../src/activities/notify';
import { createSecretResolver } from '../../../src/activities/secrets';
import type { NotifyInput } from '../../../src/contracts/activities';
import type { ChannelPlan } from '../../../src/definition/release-plan';
import { quietEnvironment } from '../test/support';

export const notification: NotifyInput['notification'] = {
  type: 'rollback.started',
  title: 'shop 1.1.0 is rolled back in production',
  text: 'error_rate was 5.1 % <over 1 min>, more than 2 %.\n\nTraffic goes back to 1.0.0.',
  at: '2026-03-01T10:00:00.000Z',
  workflowId: 'pipeline/team/shop/1.1.0',
  namespace: 'team',
  release: '1.1.0',
  environment: 'production',
};

export function channel(change: Partial<ChannelPlan>): ChannelPlan {
  return { name: 'ops', type: 'console', url: null, to: [], from: null, secret: null, ...change };
}

export interface LoggedLine {
  readonly level: 'info' | 'warn';
  readonly data: unknown;
  readonly message: string | undefined;
}

/** The activity as a worker runs it, and what it wrote to the log. */
export function notifyRig(env: Readonly<Record<string, string>> = {}, timeoutSeconds = 20) {
  const lines: LoggedLine[] = [];
  const write = (level: LoggedLine['level']) => (data: unknown, message?: string) => {
    lines.push({ level, data, message });
  };
  const logger: NotificationLogger = { info: write('info'), warn: write('warn') };
  const secrets = createSecretResolver({ env, folder: null });
  const activities = createNotifyActivities({ secrets, logger, timeoutSeconds });
  const environment = quietEnvironment();
  return {
    lines,
    environment,
    activities,
    send: (
      plan: ChannelPlan,
      key = 'pipeline/team/shop/1.1.0/production/rollback',
      told: NotifyInput['notification'] = notification,
    ): Promise<void> => environment.run(activities.notify, { key, channel: plan, notification: told }),
  };
}

/** The one element of a list that has just one. */
export function only<T>(list: readonly T[]): T {
  const [first, ...others] = list;
  if (first === undefined || others.length > 0) throw new Error(`expected one element, found ${list.length}`);
  return first;
}
