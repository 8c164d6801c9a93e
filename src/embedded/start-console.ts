import { createSecretResolver } from '../activities/secrets';
import { connectProduction } from '../client';
import { createLocalUsers } from '../console/access/local-users';
import { createSessionStore } from '../console/access/session-store';
import { createTokenStore } from '../console/access/token-store';
import { createAlertDesk } from '../console/alert-desk';
import { createHookStore } from '../console/hook-store';
import { createLookStore } from '../console/look-store';
import { type RunningApi, startApi } from '../console/server';
import { failure } from '../contracts/errors';
import type { Logger, OpenServices, RunningWorkers } from '../workers';
import { alertmanagerOf, oidcOf, readConsolePlatform, slackOf } from './console-platform';
import type { Home } from './home';
import { localUser } from './local-user';
import { createLogReader } from './log-reader';
import { productVersion } from './product-version';
import { signerOf, systemSigner } from './system-signer';
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
  const { auditLog, database, artifacts } = services;
  if (!auditLog || !database) throw failure('Unavailable', 'the workers came up without their database');
  const secretsFolder = env.F0_SECRETS ?? null;
  const secrets = createSecretResolver({ env, folder: secretsFolder });
  const platform = env.F0_PLATFORM ? await readConsolePlatform(env.F0_PLATFORM) : null;
  const oidc = platform && (await oidcOf(platform, secrets, database));
  const signer = await systemSigner({ home, env, secretsFolder });
  const client = await connectProduction({
    ...(temporal.ours ? { address: temporal.address, namespace: temporal.namespace } : {}),
    env,
    uiUrl: temporal.uiUrl,
  });
  const alerts = createAlertDesk({ keepers: client.alerts, records: services.alertRecords });
  const onFault = (error: unknown) => logger.warn({ err: error }, 'an answer to Slack could not be given');
  const slack = platform && (await slackOf(platform, secrets, signer, { client, alerts, onFault }));
  const api = await startApi(
    {
      parts: {
        client,
        audit: auditLog,
        logs: createLogReader(auditLog, artifacts),
        watches: async (workflowIds) => services.watchesOf(workflowIds),
        observerStats: () => services.observerStats(),
        looks: createLookStore(database),
        alerts,
        kpis: services.kpis,
        platforms: services.platforms,
        signerOf: signerOf(signer, { env, issuer: oidc?.issuer ?? null }),
        notReady: () => notReady(workers),
        temporalUiUrl: temporal.uiUrl,
      },
      sessions: createSessionStore(database),
      tokens: createTokenStore(database),
      users: createLocalUsers(home.usersFile),
      oidc,
      hooks: {
        eventSecret: env.F0_HOOK_SECRET ?? null,
        slack,
        alertmanager: platform && alertmanagerOf(platform, services.intake),
        seen: createHookStore(database),
      },
      owner: { token, identity: { name: localUser(env), source: 'os' } },
      publicUrl: null,
      loopbackOnly: true,
      version: productVersion(),
      logger,
    },
    { host: '127.0.0.1', port },
  ).catch(async (error: unknown) => {
    await client.close();
    throw error;
  });
  return {
    url: api.url,
    close: async () => {
      await api.close();
      await client.close();
    },
  };
}

async function notReady(workers: RunningWorkers): Promise<string | null> {
  const { ready, checks } = await workers.readiness();
  const missing = Object.entries(checks).filter(([, state]) => state !== 'ok');
  return ready ? null : missing.map(([name, state]) => `${name}: ${state}`).join('; ');
}
