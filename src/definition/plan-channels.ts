import type { AlertingPlan } from './alerting-plan';
import { planAlerting } from './plan-alerting';
import type { ChannelPlan } from './release-plan';
import type { ProductionPlatform } from './schema/production-platform';
import { timeScale } from './time-scale';

export function planChannels({ spec }: ProductionPlatform): readonly ChannelPlan[] {
  return Object.entries(spec.channels).map(([name, { type, url, to, from, secret }]) => ({
    name,
    type,
    url: url ?? null,
    to,
    from: from ?? null,
    secret: secret ?? null,
  }));
}

/** Channels and routes as the keeper of alerts needs them; null: the platform has no alerting. */
export function alertingConfigOf(
  platform: ProductionPlatform,
): { readonly channels: readonly ChannelPlan[]; readonly alerting: AlertingPlan } | null {
  const { alerting, channels, time_scale: factor = 1 } = platform.spec;
  if (!alerting) return null;
  return {
    channels: planChannels(platform),
    alerting: planAlerting(alerting, Object.keys(channels), timeScale(factor)),
  };
}
