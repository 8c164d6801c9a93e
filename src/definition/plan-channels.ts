import type { AlertingPlan } from './alerting-plan';
import { marksGraphs } from './graph-channels';
import { planAlerting } from './plan-alerting';
import type { ChannelPlan } from './release-plan';
import type { ChannelSpec } from './schema/channel';
import type { ProductionPlatform } from './schema/production-platform';
import { type TimeScale, timeScale } from './time-scale';
import { datadogAddress, newRelicAddress } from './vendor-addresses';

/** The service that an OpenTelemetry SDK or an agent of New Relic reports under the app's name. */
const defaultEntity = "name = '{{app}}'";

export function planChannels({ spec }: ProductionPlatform): readonly ChannelPlan[] {
  return Object.entries(spec.channels).map(([name, channel]) => ({
    name,
    type: channel.type,
    url: channel.url ?? addressOf(channel),
    to: channel.to,
    from: channel.from ?? null,
    secret: channel.secret ?? null,
    ...(channel.type === 'new_relic' ? { entity: channel.entity ?? defaultEntity } : {}),
  }));
}

function addressOf({ type, site, region }: ChannelSpec): string | null {
  if (type === 'datadog') return datadogAddress(site);
  return type === 'new_relic' ? newRelicAddress(region) : null;
}

/** Who is told of alerts; undefined: the platform has no alerting. */
export function alertingPlanOf({ spec }: ProductionPlatform, scale: TimeScale): AlertingPlan | undefined {
  return spec.alerting && planAlerting(spec.alerting, alertChannels(spec), scale);
}

/** Channels and routes as the keeper of alerts needs them; null: the platform has no alerting. */
export function alertingConfigOf(
  platform: ProductionPlatform,
): { readonly channels: readonly ChannelPlan[]; readonly alerting: AlertingPlan } | null {
  const alerting = alertingPlanOf(platform, timeScale(platform.spec.time_scale ?? 1));
  return alerting ? { channels: planChannels(platform), alerting } : null;
}

/** Names of the channels that somebody hears of an alert by. */
export function alertChannels({ channels }: ProductionPlatform['spec']): readonly string[] {
  return Object.entries(channels).flatMap(([name, channel]) => (marksGraphs(channel) ? [] : [name]));
}
