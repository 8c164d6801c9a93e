import { oneOf } from './findings';
import { nearestName } from './nearest-name';
import { alertChannels } from './plan-channels';
import type { ProductionPlatform } from './schema/production-platform';
import type { Fault } from './source-map';

/** Channels that the platform must have, and routes that can be reached. */
export function alertingFaults(spec: ProductionPlatform['spec']): readonly Fault[] {
  const { alerting, channels } = spec;
  if (!alerting) return [];
  const known = alertChannels(spec);
  const faults: Fault[] = [];
  const missing = (names: readonly string[], path: Fault['path']) => {
    for (const [index, name] of names.entries()) {
      if (known.includes(name)) continue;
      const graphs = channels[name]?.type;
      const message = graphs
        ? `channel "${name}" is of type ${graphs}: deployments are marked there, and nobody hears of an alert by it`
        : `there is no channel "${name}"`;
      faults.push({
        path: [...path, index],
        message,
        expected: oneOf(known, 'a channel that people are told by'),
        suggestion: nearestName(name, known),
      });
    }
  };
  const seen = new Set<string>();
  for (const [index, route] of alerting.routes.entries()) {
    const path = ['spec', 'alerting', 'routes', index];
    missing(route.channels, [...path, 'channels']);
    for (const [step, { channels: others }] of route.escalate.entries())
      missing(others, [...path, 'escalate', step, 'channels']);
    if (route.name !== undefined && seen.has(route.name)) {
      const message = `there is a route "${route.name}" already`;
      faults.push({ path: [...path, 'name'], message, expected: 'a name that no other route has' });
    }
    seen.add(route.name ?? `route-${index + 1}`);
  }
  if (alerting.routes.length === 0 && known.length === 0) {
    const message = 'there is nobody to tell: the platform has no channels for alerts';
    faults.push({ path: ['spec', 'alerting'], message, expected: 'channels' });
  }
  return faults;
}
