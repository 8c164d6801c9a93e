import { CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import type { Notification } from '../contracts/activities';
import { rootMessage } from '../contracts/errors';
import { marksGraphs } from '../definition/graph-channels';
import type { ChannelPlan } from '../definition/release-plan';
import { notifier } from './proxies';
import type { Trail, TrailSubject } from './trail';

/**
 * Tells the channels in the background: nothing in a run waits for a channel, and a channel that is down costs a line
 * in the timeline. (A rollback must never be blocked by a pager that does not answer.)
 */
export class Announcer {
  private readonly channels: readonly ChannelPlan[];
  private sequence = 0;
  private pending = 0;

  constructor(
    channels: readonly ChannelPlan[],
    private readonly subject: TrailSubject,
    private readonly trail: Trail,
  ) {
    this.channels = channels.filter((channel) => !marksGraphs(channel));
  }

  tell(type: Notification['type'], title: string, text: string, approval?: Notification['approval']): void {
    // Not the first run's id: the sequence starts anew when the workflow continues as new.
    const { workflowId, runId } = workflowInfo();
    this.sequence += 1;
    const notification: Notification = {
      type,
      title,
      text,
      at: new Date().toISOString(),
      workflowId,
      namespace: this.subject.namespace,
      release: this.subject.release ?? '',
      environment: this.subject.environment ?? null,
      ...(approval ? { approval } : {}),
    };
    for (const channel of this.channels) {
      const key = `${workflowId}/${runId}/${this.sequence}/${channel.name}`;
      this.inBackground(() => this.deliver(channel, { key, channel, notification }));
    }
  }

  /** Nothing is on its way to a channel. */
  get idle(): boolean {
    return this.pending === 0;
  }

  /** Work that is to be done also when the run is cancelled, and that `drain` waits for. Must not throw. */
  inBackground(work: () => Promise<void>): void {
    this.pending += 1;
    void CancellationScope.nonCancellable(work).finally(() => {
      this.pending -= 1;
    });
  }

  /** Gives messages under way a last half minute: a run does not stay open because a channel is down. */
  async drain(): Promise<void> {
    if (!this.idle) await condition(() => this.idle, '30 s', { summary: 'last notifications' });
  }

  private async deliver(channel: ChannelPlan, input: Parameters<typeof notifier.notify>[0]): Promise<void> {
    try {
      await notifier.notify.executeWithOptions({ summary: `${channel.name}: ${input.notification.title}` }, [input]);
    } catch (error) {
      this.trail.note({
        action: 'notification.failed',
        message: `channel ${channel.name} did not take "${input.notification.title}": ${rootMessage(error)}`,
      });
    }
  }
}
