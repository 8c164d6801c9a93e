import type { EnvironmentStatus } from '../../contracts/status';
import type { Estate, EstateEnvironment } from '../api';
import { lookKey } from '../look-store';
import type { ConsoleParts } from '../ports';
import { firingIn } from './firing';

/** What runs where, and how it is. */
export async function estateView({ client, looks, alerts }: ConsoleParts): Promise<Estate> {
  const [environments, drifts, firing] = await Promise.all([client.environments(), looks.all(), firingIn(alerts)]);
  return {
    environments: environments.map((status) => {
      const drift = drifts.get(lookKey(status)) ?? null;
      const firingAlerts = firing(status.namespace, status.environment);
      return { status, drift, firingAlerts, health: healthOf(status, drift, firingAlerts) };
    }),
  };
}

/** The one word that a person should see first. */
export function healthOf(
  { holders, freezes, serving }: Pick<EnvironmentStatus, 'holders' | 'freezes' | 'serving'>,
  drift: EstateEnvironment['drift'],
  firingAlerts: number,
): EstateEnvironment['health'] {
  if (firingAlerts > 0 || drift?.result.drifted) return 'degraded';
  if (holders.length > 0) return 'changing';
  if (freezes.length > 0) return 'frozen';
  return serving.length === 0 ? 'empty' : 'healthy';
}
