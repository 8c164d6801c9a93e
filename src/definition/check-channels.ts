import type { PathSegment } from './diagnostic';
import type { ChannelSpec } from './schema/channel';
import type { ProductionPlatform } from './schema/production-platform';
import type { Fault } from './source-map';

type Type = ChannelSpec['type'];

const addressed: readonly Type[] = ['webhook', 'email', 'alertmanager', 'grafana'];
const withKey: readonly Type[] = ['slack', 'pagerduty', 'grafana', 'datadog', 'new_relic'];
/** The one type that a field means something to. */
const own = { site: 'datadog', region: 'new_relic', entity: 'new_relic' } as const satisfies Partial<
  Record<keyof ChannelSpec, Type>
>;

/** Fields that a channel's type needs, and fields that mean nothing to it. */
export function channelFaults({ channels }: ProductionPlatform['spec']): readonly Fault[] {
  return Object.entries(channels).flatMap(([name, channel]) => faultsOf(channel, ['spec', 'channels', name]));
}

function faultsOf(channel: ChannelSpec, path: readonly PathSegment[]): readonly Fault[] {
  const { type, url, to, from, secret } = channel;
  const needs = (holds: boolean, message: string, expected: string): readonly Fault[] =>
    holds ? [] : [{ path, message, expected }];
  const isAddressed = type !== 'email' || (to.length > 0 && from !== undefined);
  return [
    ...needs(!addressed.includes(type) || url !== undefined, `a channel of type ${type} needs an address`, 'url'),
    ...needs(
      !withKey.includes(type) || secret !== undefined,
      `a channel of type ${type} needs a credential`,
      'secret, a reference such as secret://env/NAME',
    ),
    ...needs(type !== 'slack' || to.length === 1, 'Slack needs one channel to post to', 'to: [CHANNEL_ID]'),
    ...needs(isAddressed, 'an e-mail needs a sender and recipients', 'from and to'),
    ...foreign(channel, path),
  ];
}

function foreign(channel: ChannelSpec, path: readonly PathSegment[]): readonly Fault[] {
  return Object.entries(own).flatMap(([field, type]) => {
    if (channel.type === type || channel[field as keyof typeof own] === undefined) return [];
    const message = `${field} means nothing to a channel of type ${channel.type}`;
    return [{ path: [...path, field], message, expected: `no ${field} here` }];
  });
}
