import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { WorkflowClient } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { createAlertIntake } from '../../src/activities/alerts';
import { createCoordinationActivities } from '../../src/activities/coordination';
import type {
  BuildActivities,
  CommandActivities,
  DeployActivities,
  DetectDriftInput,
  NotifyActivities,
  NotifyInput,
  ObserveActivities,
  PreviewReleaseInput,
  RunCommandInput,
  TrafficState,
} from '../../src/contracts/activities';
import type { AlertActivities, AlertMessage, DeliveryOutcome } from '../../src/contracts/alerting';
import type { Alert } from '../../src/contracts/alerts';
import type { AnalyzeInput, AnalyzeResult } from '../../src/contracts/analysis';
import type { AuditEntry } from '../../src/contracts/audit';
import type { Adoption, DriftReport, ReleasePreview } from '../../src/contracts/cluster-changes';
import { failure } from '../../src/contracts/errors';
import { TaskQueue } from '../../src/contracts/task-queues';
import { workflowBundle } from '../support/temporal';
import { endExpiredTries } from './expired-tries';

interface Share {
  weight: number;
  ready: number;
}

/** What a test calls a place: the region, which is unique in a test, or the environment that has none. */
function placeOf({ environment, region }: { readonly environment: string; readonly region?: string }): string {
  return region ?? environment;
}

/** A cluster in memory that keeps the rules of a real one: no traffic without ready replicas. */
export class FakeCluster {
  readonly calls: string[] = [];
  private readonly apps = new Map<string, { stable: string | null; releases: Map<string, Share> }>();
  /** By `verb release`, for example `prepare 1.1.0`, or `eu-west: prepare 1.1.0` for one region: what happens before the call does its work. */
  readonly faults = new Map<string, () => Promise<void> | never>();
  /** Shifts that are answered and not done, for example `weight 1.1.0 20`. */
  readonly ignoredShifts = new Set<string>();

  readonly activities: DeployActivities = {
    prepareRelease: async ({ release, replicas, rolling, ...where }) => {
      const place = placeOf(where);
      await this.call(`prepare ${release}`, place);
      const app = this.app(place);
      const share = app.releases.get(release) ?? { weight: 0, ready: 0 };
      app.releases.set(release, { weight: rolling ? 100 : share.weight, ready: replicas });
      if (rolling) for (const [name, other] of app.releases) if (name !== release) other.weight = 0;
      return { ...this.state(place), ...(this.adopted.length === 0 ? {} : { adopted: this.adopted }) };
    },
    shiftTraffic: async ({ release, weight, otherRelease, ...where }) => {
      const place = placeOf(where);
      await this.call(`weight ${release} ${weight}`, place);
      if (this.ignoredShifts.has(`weight ${release} ${weight}`)) return this.state(place);
      const app = this.app(place);
      const target = app.releases.get(release);
      if (!target || target.ready === 0) throw failure('Conflict', `${release} has no ready replica`);
      // As the port of deploy targets has it: where there is no other release, any share is all of the traffic.
      target.weight = otherRelease === null && weight > 0 ? 100 : weight;
      for (const [name, other] of app.releases)
        if (name !== release) other.weight = name === otherRelease ? 100 - weight : 0;
      return this.state(place);
    },
    bringBackRelease: async (input) => {
      await this.activities.prepareRelease(input);
      return this.activities.shiftTraffic({ ...input, weight: 100 });
    },
    promoteRelease: async ({ release, ...where }) => {
      const place = placeOf(where);
      await this.call(`promote ${release}`, place);
      this.app(place).stable = release;
      return this.state(place);
    },
    retireRelease: async ({ release, ...where }) => {
      const place = placeOf(where);
      await this.call(`retire ${release}`, place);
      this.app(place).releases.delete(release);
      return this.state(place);
    },
    describeTraffic: async (where) => {
      const place = placeOf(where);
      await this.call('describe', place);
      return this.state(place);
    },
    previewRelease: async (input) => this.preview(input),
    detectDrift: async (input) => this.drift(input),
  };

  /** What a release takes over from others when it is prepared. */
  adopted: readonly Adoption[] = [];
  /** What a look for drift finds. */
  drift: (input: DetectDriftInput) => DriftReport | null = () => ({ objects: [], remarks: [] });
  preview: (input: PreviewReleaseInput) => ReleasePreview | null = () => ({ objects: [], refused: [], remarks: [] });

  serving(place: string): string {
    return this.state(place)
      .weights.filter(({ weight }) => weight > 0)
      .map(({ release, weight }) => `${release} ${weight}%`)
      .join(', ');
  }

  /** The calls on one place, without its name. */
  callsOn(place: string): string[] {
    return this.calls.filter((call) => call.startsWith(`${place}: `)).map((call) => call.slice(place.length + 2));
  }

  /** The cluster of an environment is that of a region from now on. */
  rename(environment: string, region: string): void {
    this.apps.set(region, this.app(environment));
    this.apps.delete(environment);
  }

  private app(place: string) {
    const known = this.apps.get(place) ?? { stable: null, releases: new Map<string, Share>() };
    this.apps.set(place, known);
    return known;
  }

  private async call(verb: string, place: string): Promise<void> {
    const call = `${place}: ${verb}`;
    this.calls.push(call);
    await (this.faults.get(call) ?? this.faults.get(verb))?.();
  }

  private state(place: string): TrafficState {
    const { stable, releases } = this.app(place);
    const shares = [...releases];
    return {
      stableRelease: stable,
      weights: shares.map(([release, { weight }]) => ({ release, weight })),
      replicas: shares.map(([release, { ready }]) => ({ release, ready, desired: ready })),
      url: null,
    };
  }
}

export const passed = (message = 'error_rate was 0.1%, under the limit of 1%'): AnalyzeResult =>
  verdict('pass', message);
export const failed = (message = 'error_rate was 5.1%, above the limit of 2%'): AnalyzeResult =>
  verdict('fail', message);

export function verdict(kind: AnalyzeResult['verdict'], message: string): AnalyzeResult {
  const at = '2026-01-01T00:00:00.000Z';
  const reason = {
    kind: 'trigger',
    subject: 'error_rate > 2%',
    outcome: kind === 'fail' ? 'true' : 'unknown',
    message,
  } as const;
  return {
    verdict: kind,
    reasons: [reason],
    startedAt: at,
    endedAt: at,
    samples: 10,
    ...(kind === 'fail' ? { breachedAt: at } : {}),
  };
}

/** The outside world of a workflow test: what was called, and what it answers. */
export class World {
  readonly cluster = new FakeCluster();
  readonly audit: AuditEntry[] = [];
  readonly notifications: NotifyInput[] = [];
  readonly commands: RunCommandInput[] = [];
  builds = 0;
  /** Of the source that is built; undefined: the builder cannot tell. */
  committedAt: string | undefined;
  analyze: (input: AnalyzeInput, signal: AbortSignal) => Promise<AnalyzeResult> = async () => passed();
  build: () => Promise<void> = async () => undefined;
  runCommand: (input: RunCommandInput) => Promise<void> = async () => undefined;
  notify: (input: NotifyInput) => Promise<void> = async () => undefined;
  recordAudit: () => Promise<void> = async () => undefined;

  /** Messages about alerts, as channels took them; and what the database has. */
  readonly alertMessages: AlertMessage[] = [];
  readonly alertRecords = new Map<string, Alert>();
  /** Throws a failure where a channel does not take the message. */
  deliverAlert: (message: AlertMessage) => Promise<void> = async () => undefined;
  recordAlerts: () => Promise<void> = async () => undefined;

  readonly alerts: Omit<AlertActivities, 'raiseAlerts'> = {
    deliverAlerts: ({ messages }) => Promise.all(messages.map((message) => this.outcomeOf(message))),
    recordAlerts: async ({ alerts }) => {
      await this.recordAlerts();
      for (const alert of alerts) this.alertRecords.set(alert.fingerprint, alert);
    },
  };

  private async outcomeOf(message: AlertMessage): Promise<DeliveryOutcome> {
    const at = new Date().toISOString();
    try {
      await this.deliverAlert(message);
      this.alertMessages.push(message);
      return { key: message.key, at, reference: null, failure: null };
    } catch (error) {
      const { message: why } = error as Error;
      const because = { code: 'Unavailable', message: why, retryable: true, retryAfterSeconds: null } as const;
      return { key: message.key, at, reference: null, failure: because };
    }
  }

  readonly recordAuditActivity = {
    recordAudit: async ({ entries }: { entries: readonly AuditEntry[] }) => {
      await this.recordAudit();
      const known = new Set(this.audit.map(({ key }) => key));
      this.audit.push(...entries.filter(({ key }) => !known.has(key)));
    },
  };

  readonly operate: BuildActivities & CommandActivities = {
    buildArtifact: async () => {
      this.builds += 1;
      await this.build();
      const { committedAt } = this;
      const digests = { digest: `sha256:${'a'.repeat(64)}`, sbomDigest: 'sha256:b', provenanceDigest: 'sha256:c' };
      return { ...digests, sizeBytes: 1, ...(committedAt ? { committedAt } : {}) };
    },
    runCommand: async (input) => {
      this.commands.push(input);
      await this.runCommand(input);
      return { exitCode: 0, durationSeconds: 0.1, tail: '', logDigest: 'sha256:d' };
    },
  };

  actions(): string[] {
    return this.audit.map(({ action }) => action);
  }
}

export interface RunningWorld {
  readonly world: World;
  /** Stops the workers; activities under way are cancelled. */
  readonly stop: () => Promise<void>;
}

/**
 * Workers on all queues of one environment, their activities those of `world`.
 * @param deploy instead of the cluster in memory
 */
export async function startWorld(
  environment: TestWorkflowEnvironment,
  world = new World(),
  deploy: DeployActivities = world.cluster.activities,
): Promise<RunningWorld> {
  const observe: ObserveActivities = {
    analyze: (input) => world.analyze(input, Context.current().cancellationSignal),
  };
  const notify: NotifyActivities = {
    notify: async (input) => {
      world.notifications.push(input);
      await world.notify(input);
    },
  };
  const coordination = createCoordinationActivities({ client: environment.client });
  const intake = createAlertIntake({ client: environment.client, logger: { warn: () => undefined }, collectMs: 1 });
  const raise: Pick<AlertActivities, 'raiseAlerts'> = {
    raiseAlerts: ({ namespace, config, facts }) => intake.raise(namespace, config, facts),
  };
  const connection = environment.nativeConnection;
  const bundle = await workflowBundle();
  const create = (taskQueue: string, activities: object, workflowsToo = false) =>
    Worker.create({
      connection,
      taskQueue,
      identity: `${taskQueue}-${randomUUID()}`,
      activities,
      interceptors: { activity: [endExpiredTries] },
      // Cancellations travel with heartbeats, which the SDK holds back for most of the heartbeat timeout.
      maxHeartbeatThrottleInterval: 20,
      ...(workflowsToo ? { workflowBundle: bundle, maxCachedWorkflows: 200 } : {}),
    });
  const workers = await Promise.all([
    create(TaskQueue.orchestrate, world.recordAuditActivity, true),
    create(TaskQueue.deploy, deploy),
    create(TaskQueue.observe, observe),
    create(TaskQueue.integrate, {
      ...coordination,
      ...notify,
      ...world.alerts,
      ...raise,
    }),
    create(TaskQueue.operate, world.operate),
  ]);
  const running = Promise.all(workers.map((worker) => worker.run()));
  return {
    world,
    stop: async () => {
      for (const worker of workers) worker.shutdown();
      await running;
    },
  };
}

export function commandFailed(message: string): ApplicationFailure {
  return failure('CommandFailed', message);
}

/** An activity that a test holds until it opens it; it beats and honours cancellation, as the real ones do. */
export class Hold<T = void> {
  /** Resolves when the activity runs. */
  readonly reached: Promise<void>;
  cancelled = false;
  private markReached: () => void = () => undefined;
  private readonly opened: Promise<T>;
  private settle: (value: T) => void = () => undefined;

  constructor() {
    this.reached = new Promise((resolve) => {
      this.markReached = resolve;
    });
    this.opened = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  open(value: T): void {
    this.settle(value);
  }

  /** To be called within an activity. */
  readonly wait = async (): Promise<T> => {
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(), 20);
    this.markReached();
    try {
      return await Promise.race([this.opened, context.cancelled]);
    } catch (error) {
      this.cancelled = true;
      throw error;
    } finally {
      clearInterval(beat);
    }
  };
}

/**
 * Awaits a run's end while virtual time passes in small steps. (The SDK's own `result()` lets the test server skip as
 * far as it can, past the time limits of the environment entities, which never end by themselves.)
 */
export async function endOf<T>(environment: TestWorkflowEnvironment, workflowId: string): Promise<T> {
  const client = new WorkflowClient({ connection: environment.connection });
  for (let stepMs = 1_000; ; stepMs = Math.min(stepMs * 1.5, 600_000)) {
    const { status } = await client.getHandle(workflowId).describe();
    if (status.name !== 'RUNNING') return client.result(workflowId);
    await environment.sleep(Math.round(stepMs));
  }
}
