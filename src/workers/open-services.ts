import { join } from 'node:path';
import {
  type AlertIntake,
  type AlertRecords,
  createAlertActivities,
  createAlertIntake,
  createAlertRecords,
  watchAlerts,
} from '../activities/alerts';
import { type ArtifactStore, createArtifactStore } from '../activities/artifacts';
import { type AuditLog, createAuditActivities, createAuditLog } from '../activities/audit';
import { createBuildActivities } from '../activities/build';
import { createCoordinationActivities } from '../activities/coordination';
import { createDeployActivities, createDeployTargets } from '../activities/deploy';
import {
  createKpiProjector,
  createKpiReader,
  createPlatformStore,
  type PlatformStore,
  type SloReader,
  wakingAuditLog,
  watchObjectives,
} from '../activities/kpis';
import { createMetricSources, type MetricSources, measureDeployments, systemClock } from '../activities/metrics';
import { createNotifyActivities } from '../activities/notify';
import { createObserver, type Observer, type WatchView } from '../activities/observe';
import { createSystemSecrets } from '../activities/secrets';
import { createCommandActivities } from '../activities/test';
import type { KpiReader } from '../contracts/kpis';
import { alertSignal } from '../contracts/messages';
import { TaskQueue } from '../contracts/task-queues';
import { type Database, openDatabase } from '../database';
import type { WorkerConfig } from './config';
import type { ServiceContext, WorkerServices } from './services';

export interface OpenServicesOptions extends ServiceContext {
  /** Starts the local cluster's agent where it does not run; without it a local cluster that is down is `Unavailable`. */
  readonly ensureAgent?: () => Promise<unknown>;
}

/** The services, and the parts of them that the rest of an embedded process reads. */
export interface OpenServices extends WorkerServices {
  readonly artifacts: ArtifactStore;
  /** Null where no served queue keeps anything in a database. */
  readonly auditLog: AuditLog | null;
  /** Null there likewise. */
  readonly kpis: (KpiReader & SloReader) | null;
  readonly platforms: PlatformStore | null;
  /** Null there likewise. */
  readonly alertRecords: AlertRecords | null;
  /** Gives alerts to their keepers. */
  readonly intake: AlertIntake;
  /** Null there likewise. */
  readonly database: Database | null;
  /** The analyses of these workflows that the observer here carries. */
  readonly watchesOf: (workflowIds: readonly string[]) => readonly WatchView[];
}

/** Queues whose activities keep something in the database. */
const keepers: readonly TaskQueue[] = [TaskQueue.orchestrate, TaskQueue.integrate, TaskQueue.observe];

/**
 * Opens what the configured task queues need, and nothing else: a process that only runs commands has no database and no
 * cluster's credentials. Throws what opening the database throws.
 */
export async function openServices(options: OpenServicesOptions): Promise<OpenServices> {
  const { config, client, logger } = options;
  const artifacts = createArtifactStore({ folder: config.artifactsFolder });
  const { ofDocuments: secrets } = createSystemSecrets({ env: config.env, folder: config.secretsFolder });
  const targets = createDeployTargets({
    home: config.home,
    artifacts,
    resolveSecret: (reference) => secrets.resolve(reference),
    ...(options.ensureAgent ? { ensureAgent: options.ensureAgent } : {}),
  });
  const database = config.taskQueues.some((queue) => keepers.includes(queue)) ? await openDatabaseOf(config) : null;
  const projector = database && createKpiProjector({ database, logger });
  const auditLog =
    database &&
    projector &&
    wakingAuditLog(createAuditLog(database, { onAppended: options.metrics.appended }), projector);
  const platforms = database && auditLog && createPlatformStore({ database, audit: auditLog });
  const alertRecords = database && createAlertRecords(database);
  const intake = createAlertIntake({ client, logger });
  // One for the observer and the deployments: what is deployed is scraped from then on, so that there is a baseline.
  const metrics = createMetricSources({ endpoints: targets.endpointsOf, secrets });
  const observer =
    database && config.taskQueues.includes(TaskQueue.observe) ? observerOf(options, database, metrics, intake) : null;
  const kpis = database && projector && platforms && createKpiReader({ database, platforms, projector, metrics });
  const watched = observer && kpis && platforms && { objectives: kpis, platforms, intake, clock: systemClock, logger };
  let endObjectives: (() => Promise<void>) | null = null;
  const deploy = createDeployActivities({ targets });
  const work = { artifacts, secrets, workFolder: join(config.home, 'work') };
  return {
    artifacts,
    auditLog,
    kpis,
    platforms,
    alertRecords,
    intake,
    database,
    watchesOf: (workflowIds) => observer?.watchesOf(workflowIds) ?? [],
    activities: {
      ...(observer ? { [TaskQueue.observe]: observer.activities } : {}),
      ...(auditLog ? { [TaskQueue.orchestrate]: createAuditActivities({ auditLog }) } : {}),
      [TaskQueue.deploy]: observer ? measureDeployments(deploy, metrics) : deploy,
      [TaskQueue.integrate]: {
        ...createNotifyActivities({ secrets, logger }),
        ...createCoordinationActivities({ client }),
        ...(alertRecords ? createAlertActivities({ secrets, logger, records: alertRecords, intake }) : {}),
      },
      [TaskQueue.operate]: { ...createBuildActivities(work), ...createCommandActivities(work) },
    },
    checkDatabase: async () => database?.ping(),
    observerStats: () => (observer ? { ...observer.stats() } : null),
    start: async () => {
      await observer?.start();
      // What was appended while no process computed figures.
      projector?.wake();
      endObjectives = watched && watchObjectives(watched);
    },
    stop: async () => {
      await endObjectives?.();
      await observer?.stop();
      await intake.stop();
      await projector?.stop();
      await targets.close();
      await database?.close();
    },
  };
}

function openDatabaseOf({ databaseUrl, home }: WorkerConfig): Promise<Database> {
  return openDatabase(databaseUrl === null ? { folder: join(home, 'database') } : { url: databaseUrl });
}

function observerOf(
  { client, logger, metrics }: OpenServicesOptions,
  database: Database,
  sources: MetricSources,
  intake: AlertIntake,
): Observer {
  return createObserver({
    database,
    metrics: sources,
    onResult: ({ verdict }) => metrics.analysed(verdict),
    completion: client.activity,
    signalAlert: (workflowId, reason) => client.workflow.getHandle(workflowId).signal(alertSignal, reason),
    raiseAlerts: ({ input, workflowId }, { raised, resolved, at }) => {
      if (!input.alerting) return;
      const facts = [
        ...watchAlerts(input, workflowId, raised, 'firing', at),
        ...watchAlerts(input, workflowId, resolved, 'resolved', at),
      ];
      intake
        .raise(input.target.namespace, input.alerting, facts)
        .catch((error: unknown) => logger.warn({ err: error, workflowId }, 'alerts could not be told'));
    },
    logger,
  });
}
