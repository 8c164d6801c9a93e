import { createAlertIntake, createAlertRecords } from '../activities/alerts';
import { createArtifactStore } from '../activities/artifacts';
import { createAuditLog } from '../activities/audit';
import { createKpiProjector, createKpiReader, createPlatformStore } from '../activities/kpis';
import { createMetricSources } from '../activities/metrics';
import { storedWatches } from '../activities/observe';
import { createSecretResolver } from '../activities/secrets';
import { connectProduction, connectTemporal } from '../client';
import { createSessionStore } from '../console/access/session-store';
import { createTokenStore } from '../console/access/token-store';
import { createAlertDesk } from '../console/alert-desk';
import { createHookStore } from '../console/hook-store';
import { createLookStore } from '../console/look-store';
import { type RunningApi, startApi } from '../console/server';
import { failure, rootMessage } from '../contracts/errors';
import { openDatabase } from '../database';
import { startConfiguredTracing } from '../tracing/client-interceptors';
import { createLogger, loadWorkerConfig } from '../workers';
import { alertmanagerOf, oidcOf, readConsolePlatform, slackOf } from './console-platform';
import type { Home } from './home';
import { createLogReader } from './log-reader';
import { productVersion } from './product-version';
import { signerOf, systemSigner } from './system-signer';

export interface StandAloneConsoleOptions {
  readonly home: Home;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | null;
}

/**
 * The console alone, beside workers that run elsewhere: any Temporal, the PostgreSQL of DATABASE_URL, sign-in by the
 * identity provider of the platform. Replicas of it share their sessions.
 */
export async function startStandAloneConsole(options: StandAloneConsoleOptions): Promise<RunningApi> {
  const { home, env, host, port, publicUrl } = options;
  const { databaseUrl, artifactsFolder, secretsFolder, log } = loadWorkerConfig(env, { home: home.root });
  if (databaseUrl === null) {
    throw failure(
      'InvalidInput',
      'a console of its own needs DATABASE_URL: the embedded database belongs to `f0 up` alone',
    );
  }
  const tracing = startConfiguredTracing(env, 'framework0-console');
  const closers: (() => Promise<unknown>)[] = [async () => tracing?.stop()];
  const close = async () => {
    for (const end of closers.splice(0).reverse()) await end();
  };
  try {
    const database = await openDatabase({ url: databaseUrl });
    closers.push(() => database.close());
    const secrets = createSecretResolver({ env, folder: secretsFolder });
    const platform = await readConsolePlatform(options.platform);
    const oidc = await oidcOf(platform, secrets, database);
    if (!oidc) throw failure('InvalidInput', `${options.platform} has no identity.oidc: nobody could sign in`);
    const client = await connectProduction({ env, uiUrl: env.TEMPORAL_UI_URL ?? null });
    closers.push(() => client.close());
    const audit = createAuditLog(database);
    const logger = createLogger(log);
    const platforms = createPlatformStore({ database, audit });
    const projector = createKpiProjector({ database, logger });
    closers.push(() => projector.stop());
    // Nothing is scraped from here: figures come from sources that collect by themselves.
    const metrics = createMetricSources({ endpoints: async () => [], secrets });
    closers.push(async () => metrics.stop());
    // One of its own would be another in each replica.
    const hasKey = Boolean(env.F0_SIGNING_KEY || env.F0_SIGNING_KEY_FILE);
    const signer = hasKey ? await systemSigner({ home, env, secretsFolder }) : null;
    const alerts = createAlertDesk({ keepers: client.alerts, records: createAlertRecords(database) });
    const onFault = (error: unknown) => logger.warn({ err: error }, 'an answer to Slack could not be given');
    const temporal = await connectTemporal({ env });
    closers.push(() => temporal.connection.close());
    const intake = createAlertIntake({ client: temporal, logger });
    closers.push(() => intake.stop());
    const api = await startApi(
      {
        parts: {
          client,
          audit,
          logs: createLogReader(audit, createArtifactStore({ folder: artifactsFolder })),
          watches: storedWatches(database),
          observerStats: () => null,
          looks: createLookStore(database),
          alerts,
          kpis: createKpiReader({ database, platforms, projector, metrics }),
          platforms,
          signerOf: signer && signerOf(signer, { env, issuer: oidc.issuer }),
          notReady: async () => {
            const checks = await Promise.allSettled([database.ping(), client.list({ limit: 1 })]);
            const failed = checks.flatMap((check) => (check.status === 'rejected' ? [rootMessage(check.reason)] : []));
            return failed.length === 0 ? null : failed.join('; ');
          },
          temporalUiUrl: env.TEMPORAL_UI_URL ?? null,
        },
        sessions: createSessionStore(database),
        tokens: createTokenStore(database),
        users: null,
        oidc,
        hooks: {
          eventSecret: env.F0_HOOK_SECRET ?? null,
          slack: await slackOf(platform, secrets, signer, { client, alerts, onFault }),
          alertmanager: alertmanagerOf(platform, intake),
          seen: createHookStore(database),
        },
        owner: null,
        publicUrl,
        loopbackOnly: false,
        version: productVersion(),
        logger,
      },
      { host, port },
    );
    closers.push(() => api.close());
    return { url: api.url, close };
  } catch (error) {
    await close();
    throw error;
  }
}
