import { createSystemSecrets } from '../activities/secrets';
import { connectProduction } from '../client';
import { createLocalUsers } from '../console/access/local-users';
import { type RunningApi, startApi } from '../console/server';
import { failure } from '../contracts/errors';
import type { Logger, OpenServices, RunningWorkers } from '../workers';
import { consoleOptions } from './console-options';
import { readConsolePlatform } from './console-platform';
import type { Home } from './home';
import { localUser } from './local-user';
import { systemSigner } from './system-signer';
import type { SystemState } from './system-state';

export interface StartConsoleOptions {
  readonly home: Home;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly temporal: SystemState['temporal'];
  readonly workers: RunningWorkers;
  readonly services: OpenServices;
  readonly logger: Logger;
  /** Of system.json. */
  readonly token: string;
  readonly port: number;
}

/** API and page of the system on this machine: the loopback alone, for its owner and the users of its file. */
export async function startConsole(options: StartConsoleOptions): Promise<RunningApi> {
  const { home, env, temporal, workers, services, logger, token, port } = options;
  const { auditLog, database } = services;
  if (!auditLog || !database) throw failure('Unavailable', 'the workers came up without their database');
  const secrets = createSystemSecrets({ env, folder: env.F0_SECRETS || null });
  const platform = env.F0_PLATFORM ? await readConsolePlatform(env.F0_PLATFORM) : null;
  const signer = await systemSigner({ home, env, secrets });
  const client = await connectProduction({
    ...(temporal.ours ? { address: temporal.address, namespace: temporal.namespace } : {}),
    env,
    uiUrl: temporal.uiUrl,
  });
  try {
    const ground = { ...services, auditLog, database, env, logger, secrets, signer, platform, client };
    const api = await startApi(
      await consoleOptions(
        { ...ground, temporalUiUrl: temporal.uiUrl },
        {
          users: createLocalUsers(home.usersFile),
          owner: { token, identity: { name: localUser(env), source: 'os' } },
          publicUrl: null,
          loopbackOnly: true,
          watches: async (workflowIds) => services.watchesOf(workflowIds),
          observerStats: () => services.observerStats(),
          notReady: () => notReady(workers),
        },
      ),
      { host: '127.0.0.1', port },
    );
    return {
      url: api.url,
      close: async () => {
        await api.close();
        await client.close();
      },
    };
  } catch (error) {
    await client.close();
    throw error;
  }
}

async function notReady(workers: RunningWorkers): Promise<string | null> {
  const { ready, checks } = await workers.readiness();
  const missing = Object.entries(checks).filter(([, state]) => state !== 'ok');
  return ready ? null : missing.map(([name, state]) => `${name}: ${state}`).join('; ');
}
