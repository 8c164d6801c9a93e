import { condition, setHandler, workflowInfo } from '@temporalio/workflow';
import type { Notification } from '../contracts/activities';
import { rootMessage } from '../contracts/errors';
import { deploymentEndedSignal } from '../contracts/messages';
import type { DeployEventsInput } from '../contracts/workflows';
import type { ChannelPlan } from '../definition/release-plan';
import { marker } from './proxies';
import { Trail } from './trail';

/** A deployment that was terminated never tells its end. None waits longer for people than this. */
const longestDeployment = '30 d';

/**
 * Marks one deployment where people look at graphs. It outlives the deployment, which waits for nobody here: a vendor may
 * be away for longer than a rollback takes.
 */
export async function deployEvents({ pipeline, channels, started }: DeployEventsInput): Promise<void> {
  const { namespace, release, environment } = started;
  const trail = new Trail({ namespace, workflow: pipeline, release, ...(environment === null ? {} : { environment }) });
  let ended: Notification | null = null;
  setHandler(deploymentEndedSignal, (notification) => {
    // Whatever else somebody sends is no end.
    if (notification?.type === 'deployment.ended') ended ??= notification;
  });

  // Each channel in its own time, the beginning before the end.
  await Promise.all(
    channels.map(async (channel) => {
      await mark(channel, started, trail);
      await condition(() => ended !== null, longestDeployment, { summary: 'the deployment goes on' });
      if (ended) await mark(channel, ended, trail);
    }),
  );
  await trail.drain();
}

/** What a channel does not take for good is audited, and no reason to keep its end from it. */
async function mark(channel: ChannelPlan, notification: Notification, trail: Trail): Promise<void> {
  const key = `${workflowInfo().workflowId}/${channel.name}/${notification.type}`;
  const summary = `${channel.name}: ${notification.title}`;
  try {
    await marker.notify.executeWithOptions({ summary }, [{ key, channel, notification }]);
  } catch (error) {
    trail.note({
      action: 'notification.failed',
      message: `channel ${channel.name} did not take "${notification.title}": ${rootMessage(error)}`,
    });
  }
}
