import { type ConnectOptions, connectProduction, type ProductionClient } from '../client';
import { type Home, homeOf } from '../embedded/home';
import { readSystemState, runningSystem, type SystemState } from '../embedded/system-state';
import { temporalLives } from '../embedded/temporal/server-state';
import type { CliIo } from './io';

/** A client for one command, closed after it. */
export async function withClient<R>(
  io: CliIo,
  options: { readonly home?: string },
  use: (client: ProductionClient) => Promise<R>,
): Promise<R> {
  const client = await connectProduction(connectOptions(io, options));
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

/**
 * How this command line reaches Temporal: the standard configuration when the environment names an address or a profile;
 * else the server of this home, which a killed system leaves at work; else the standard default.
 */
export function connectOptions({ env }: CliIo, { home }: { readonly home?: string }): ConnectOptions {
  const system = systemTemporal(homeOf(env, home));
  const uiUrl = env.TEMPORAL_UI_URL || system?.uiUrl || null;
  if (env.TEMPORAL_ADDRESS || env.TEMPORAL_PROFILE || !system) return { env, uiUrl };
  const { address, namespace } = system;
  return { env, address, namespace, uiUrl };
}

/** Whether there is a Temporal to ask: one that runs in this home, or one that the environment names. */
export function knowsTemporal({ env }: CliIo, { home }: { readonly home?: string }): boolean {
  return Boolean(env.TEMPORAL_ADDRESS || env.TEMPORAL_PROFILE || systemTemporal(homeOf(env, home)));
}

function systemTemporal(home: Home): SystemState['temporal'] | null {
  return runningSystem(home) || temporalLives(home) ? (readSystemState(home)?.temporal ?? null) : null;
}
