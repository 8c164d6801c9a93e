import type { AlertIntake, AlertRecords } from '../activities/alerts';
import type { ArtifactStore } from '../activities/artifacts';
import type { AuditLog } from '../activities/audit';
import type { SystemSecrets } from '../activities/secrets';
import type { DecisionSigner, ProductionClient } from '../client';
import { createSessionStore } from '../console/access/session-store';
import { createTokenStore } from '../console/access/token-store';
import { createAlertDesk } from '../console/alert-desk';
import { createHookStore } from '../console/hook-store';
import { createLookStore } from '../console/look-store';
import type { ConsoleParts } from '../console/ports';
import type { ConsoleOptions } from '../console/server';
import type { Database } from '../database';
import type { ProductionPlatform } from '../definition';
import type { Logger } from '../workers';
import { alertmanagerOf, oidcOf, slackOf } from './console-platform';
import { createLogReader } from './log-reader';
import { productVersion } from './product-version';
import { signerOf } from './system-signer';

/** What a console stands on, whoever has opened it. */
export interface ConsoleGround extends Pick<ConsoleParts, 'kpis' | 'platforms' | 'temporalUiUrl'> {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
  readonly secrets: SystemSecrets;
  /** Null: decisions are not signed. */
  readonly signer: DecisionSigner | null;
  /** Null: none is given; nobody signs in by an identity provider then. */
  readonly platform: ProductionPlatform | null;
  readonly client: ProductionClient;
  readonly database: Database;
  readonly auditLog: AuditLog;
  readonly artifacts: ArtifactStore;
  readonly alertRecords: AlertRecords | null;
  readonly intake: AlertIntake;
}

/** What the console of one machine and one beside workers elsewhere have each in its own way. */
export interface ConsoleKind
  extends Pick<ConsoleOptions, 'users' | 'owner' | 'publicUrl' | 'loopbackOnly'>,
    Pick<ConsoleParts, 'watches' | 'observerStats' | 'notReady'> {}

/** Throws what resolving a secret of the platform throws. */
export async function consoleOptions(ground: ConsoleGround, kind: ConsoleKind): Promise<ConsoleOptions> {
  const { env, logger, secrets, signer, platform, client, database, auditLog, artifacts, intake } = ground;
  const { kpis, platforms, temporalUiUrl, alertRecords } = ground;
  const { users, owner, publicUrl, loopbackOnly, ...parts } = kind;
  const oidc = platform && (await oidcOf(platform, secrets.ofDocuments, database));
  const alerts = createAlertDesk({ keepers: client.alerts, records: alertRecords });
  const onFault = (error: unknown) => logger.warn({ err: error }, 'an answer to Slack could not be given');
  return {
    parts: {
      ...parts,
      client,
      audit: auditLog,
      logs: createLogReader(auditLog, artifacts),
      looks: createLookStore(database),
      alerts,
      kpis,
      platforms,
      signerOf: signer && signerOf(signer, { env, issuer: oidc?.issuer ?? null }),
      temporalUiUrl,
    },
    sessions: createSessionStore(database),
    tokens: createTokenStore(database),
    users,
    oidc,
    hooks: {
      eventSecret: env.F0_HOOK_SECRET || null,
      slack: platform && (await slackOf(platform, secrets.ofDocuments, signer, { client, alerts, onFault })),
      alertmanager: platform && alertmanagerOf(platform, intake),
      seen: createHookStore(database),
    },
    owner,
    publicUrl,
    loopbackOnly,
    version: productVersion(),
    logger,
  };
}
