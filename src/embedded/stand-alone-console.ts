import { createAlertIntake, createAlertRecords } from '../activities/alerts';
import { createArtifactStore } from '../activities/artifacts';
import { createAuditLog } from '../activities/audit';
import { createKpiProjector, createKpiReader, createPlatformStore } from '../activities/kpis';
import { createMetricSources } from '../activities/metrics';
import { storedWatches } from '../activities/observe';
import { createSystemSecrets } from '../activities/secrets';
import { connectTemporal, ProductionClient } from '../client';
import { type RunningApi, startApi } from '../console/server';
import { openDatabase } from '../database';
import type { ProductionPlatform } from '../definition';
import { startConfiguredTracing } from '../tracing/client-interceptors';
// Not by their index: the SDK's worker, which comes with it, takes 30 MB that a console has no use for.
import { ConfigError, loadWorkerConfig, type WorkerConfig } from '../workers/config';
import { createLogger } from '../workers/logging';
import { verdictOf } from '../workers/readiness';
import { type ConsoleGround, consoleOptions } from './console-options';
import { readConsolePlatform } from './console-platform';
import type { Home } from './home';
import { systemSigner } from './system-signer';

export interface StandAloneConsoleOptions {
  readonly home: Home;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | null;
}

type Closers = (() => Promise<unknown>)[];

/**
 * The console alone, beside workers that run elsewhere: any Temporal, the PostgreSQL of DATABASE_URL, sign-in by the
 * identity provider of the platform. Replicas of it share their sessions.
 *
 * Throws `ConfigError` for what is missing, and what Temporal, the database and the port throw; what was opened until then
 * is closed again.
 */
export async function startStandAloneConsole(options: StandAloneConsoleOptions): Promise<RunningApi> {
  const { home, env, host, port, publicUrl } = options;
  const config = loadWorkerConfig(env, { home: home.root });
  const platform = await readConsolePlatform(options.platform);
  const databaseUrl = databaseOf(config, platform, options.platform);
  const tracing = startConfiguredTracing(env, 'framework0-console');
  const opened: Closers = [async () => tracing?.stop()];
  const close = async () => {
    for (const end of opened.splice(0).reverse()) await end();
  };
  try {
    const ground = await openGround({ home, config, platform, databaseUrl }, opened);
    const { client, database } = ground;
    const api = await startApi(
      await consoleOptions(ground, {
        users: null,
        owner: null,
        publicUrl,
        loopbackOnly: false,
        watches: storedWatches(database),
        observerStats: () => null,
        notReady: async () => {
          const asked = { database: () => database.ping(), temporal: () => client.list({ limit: 1 }) };
          const verdicts = await Promise.all(
            Object.entries(asked).map(async ([name, check]) => ({ name, verdict: await verdictOf(check) })),
          );
          const missing = verdicts.filter(({ verdict }) => verdict !== 'ok');
          return missing.length === 0 ? null : missing.map(({ name, verdict }) => `${name}: ${verdict}`).join('; ');
        },
      }),
      { host, port },
    );
    opened.push(() => api.close());
    return { url: api.url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** All that is missing is told at once. */
function databaseOf({ databaseUrl }: WorkerConfig, { spec }: ProductionPlatform, file: string): string {
  const faults = spec.identity?.oidc ? [] : [`${file} has no identity.oidc: nobody could sign in`];
  if (databaseUrl !== null && faults.length === 0) return databaseUrl;
  if (databaseUrl === null) {
    faults.push('DATABASE_URL is not set: a console of its own needs PostgreSQL, the embedded database is of `f0 up`');
  }
  throw new ConfigError(faults);
}

interface GroundOptions extends Pick<StandAloneConsoleOptions, 'home'> {
  readonly config: WorkerConfig;
  readonly platform: ProductionPlatform;
  readonly databaseUrl: string;
}

async function openGround(options: GroundOptions, opened: Closers): Promise<ConsoleGround> {
  const { home, config, platform, databaseUrl } = options;
  const { env, artifactsFolder, secretsFolder } = config;
  const logger = createLogger(config.log);
  const secrets = createSystemSecrets({ env, folder: secretsFolder });
  // One of the home's own would be another in each replica.
  const hasKey = Boolean(env.F0_SIGNING_KEY || env.F0_SIGNING_KEY_FILE);
  const signer = hasKey ? await systemSigner({ home, env, secrets }) : null;
  const temporalUiUrl = env.TEMPORAL_UI_URL ?? null;
  const database = await openDatabase({ url: databaseUrl });
  opened.push(() => database.close());
  const temporal = await connectTemporal({ env });
  opened.push(() => temporal.connection.close());

  const auditLog = createAuditLog(database);
  const platforms = createPlatformStore({ database, audit: auditLog });
  const projector = createKpiProjector({ database, logger });
  opened.push(() => projector.stop());
  // Nothing is scraped from here: figures come from sources that collect by themselves.
  const metrics = createMetricSources({ endpoints: async () => [], secrets: secrets.ofDocuments });
  opened.push(async () => metrics.stop());
  const intake = createAlertIntake({ client: temporal, logger });
  opened.push(() => intake.stop());
  return {
    env,
    logger,
    secrets,
    signer,
    platform,
    client: new ProductionClient({ client: temporal, uiUrl: temporalUiUrl }),
    database,
    auditLog,
    artifacts: createArtifactStore({ folder: artifactsFolder }),
    kpis: createKpiReader({ database, platforms, projector, metrics }),
    platforms,
    alertRecords: createAlertRecords(database),
    intake,
    temporalUiUrl,
  };
}
