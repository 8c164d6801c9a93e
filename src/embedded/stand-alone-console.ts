import { createArtifactStore } from '../activities/artifacts';
import { createAuditLog } from '../activities/audit';
import { storedWatches } from '../activities/observe';
import { connectProduction } from '../client';
import { createSessionStore } from '../console/access/session-store';
import { createTokenStore } from '../console/access/token-store';
import { createHookStore } from '../console/hook-store';
import { createLookStore } from '../console/look-store';
import { type RunningApi, startApi } from '../console/server';
import { failure, rootMessage } from '../contracts/errors';
import { openDatabase } from '../database';
import { createLogger, loadWorkerConfig } from '../workers';
import { oidcOf } from './console-sign-in';
import type { Home } from './home';
import { createLogReader } from './log-reader';
import { productVersion } from './product-version';

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
  const { databaseUrl, artifactsFolder, log } = loadWorkerConfig(env, { home: home.root });
  if (databaseUrl === null) {
    throw failure(
      'InvalidInput',
      'a console of its own needs DATABASE_URL: the embedded database belongs to `f0 up` alone',
    );
  }
  const database = await openDatabase({ url: databaseUrl });
  const closers: (() => Promise<unknown>)[] = [() => database.close()];
  const close = async () => {
    for (const end of closers.splice(0).reverse()) await end();
  };
  try {
    const oidc = await oidcOf(options.platform, env, database);
    if (!oidc) throw failure('InvalidInput', `${options.platform} has no identity.oidc: nobody could sign in`);
    const client = await connectProduction({ env, uiUrl: env.TEMPORAL_UI_URL ?? null });
    closers.push(() => client.close());
    const audit = createAuditLog(database);
    const api = await startApi(
      {
        parts: {
          client,
          audit,
          logs: createLogReader(audit, createArtifactStore({ folder: artifactsFolder })),
          watches: storedWatches(database),
          observerStats: () => null,
          looks: createLookStore(database),
          alerts: null,
          kpis: null,
          signer: null,
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
          slack: null,
          alertmanager: null,
          seen: createHookStore(database),
        },
        owner: null,
        publicUrl,
        loopbackOnly: false,
        version: productVersion(),
        logger: createLogger(log),
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
