import type { ChannelPlan } from './release-plan';

const graphTypes = ['grafana', 'datadog', 'new_relic'] as const satisfies readonly ChannelPlan['type'][];
export type GraphChannelType = (typeof graphTypes)[number];

/**
 * Channels that people look at, instead of being told: the beginning and the end of a deployment is marked on their
 * graphs, and nothing else is sent there.
 */
export function marksGraphs<Channel extends Pick<ChannelPlan, 'type'>>(
  channel: Channel,
): channel is Channel & { readonly type: GraphChannelType } {
  return (graphTypes as readonly string[]).includes(channel.type);
}
