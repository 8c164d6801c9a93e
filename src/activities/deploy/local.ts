import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DescribeInput, PrepareInput, ReleaseRef, TrafficState } from '../../contracts/activities';
import { failure } from '../../contracts/errors';
import type { ClusterPlan } from '../../definition/release-plan';
import type { ArtifactStore } from '../artifacts/port';
import { createLocalClient } from './local-client';
import {
  type AppKey,
  type AppStatus,
  type CommandAnswer,
  clusterFolder,
  type LocalSettings,
  localSettingsSchema,
  type ReleaseStatus,
} from './local-protocol';
import type { DeployContext, DeployTarget } from './port';

export interface LocalTargetOptions {
  /** `F0_HOME`: the state folder of the system that the cluster belongs to. */
  readonly home: string;
  readonly artifacts: ArtifactStore;
  /** Starts the cluster's agent where it does not run; without it, a cluster that is down is `Unavailable`. */
  readonly ensureAgent?: () => Promise<unknown>;
  /** Turns `secret://...` in the environment of a release into its value; without it such a value is refused. */
  readonly resolveSecret?: (reference: string) => Promise<string>;
}

/** How soon an effect is seen: short against a start, long against the cost of asking. */
const pollMs = 100;

/** Runs releases as processes behind a proxy, on this machine, through the local cluster's agent. */
export function createLocalTarget(options: LocalTargetOptions): DeployTarget {
  const { home, artifacts, ensureAgent } = options;
  const client = createLocalClient({ home });

  /** Asks until the effect is there. */
  async function untilApplied(ask: () => Promise<CommandAnswer>, context: DeployContext): Promise<TrafficState> {
    await ensureAgent?.();
    for (;;) {
      const answer = await ask();
      if (answer.applied) return trafficState(answer.status);
      context.progress(answer.waitingFor ?? 'waiting');
      await pause(context.signal);
    }
  }

  return {
    async prepare(input, context) {
      const settings = settingsOf(input.cluster);
      const env = await resolveEnv(input.env, options.resolveSecret);
      const folder = path.join(clusterFolder(home), 'packages', input.digest.replace(':', '-'));
      context.progress('unpacking');
      await artifacts.unpack(input.digest, folder);
      await ensureAgent?.();
      let { status } = await client.prepare({
        app: appKey(input),
        settings,
        release: input.release,
        digest: input.digest,
        folder,
        start: input.app.start,
        healthPath: input.app.healthPath,
        env,
        replicas: input.replicas,
        rolling: input.rolling,
        synthetic: input.app.synthetic ? { ...input.app.synthetic, paths: [...input.app.synthetic.paths] } : null,
        progressDeadlineSeconds: input.progressDeadlineSeconds,
      });
      for (;;) {
        const release = assertAlive(status, input);
        if (status.rollingTo !== input.release && release.ready >= input.replicas) return trafficState(status);
        context.progress(`${input.release}: ${release.ready} of ${input.replicas} replicas ready`);
        await pause(context.signal);
        status = await client.status(appKey(input));
      }
    },

    shift: ({ release, weight, otherRelease, ...input }, context) =>
      untilApplied(() => client.shift({ app: appKey(input), release, weight, otherRelease }), context),

    promote: ({ release, ...input }, context) =>
      untilApplied(() => client.promote({ app: appKey(input), release }), context),

    retire: ({ release, ...input }, context) =>
      untilApplied(() => client.retire({ app: appKey(input), release }), context),

    async describe(input) {
      await ensureAgent?.();
      return trafficState(await client.status(appKey(input)));
    },

    async endpoints(target) {
      if (target.appMetrics === null) return [];
      const { path: metricsPath } = target.appMetrics;
      const status = await client.status(appKey(target));
      const release = status.releases.find((one) => one.release === target.release);
      return (release?.replicas ?? [])
        .filter(({ phase }) => phase === 'ready' || phase === 'unhealthy')
        .map(({ id, url }) => ({ replica: id, url: new URL(metricsPath, url).href }));
    },
  };
}

function appKey(input: {
  readonly namespace: string;
  readonly environment: string;
  readonly region?: string;
  readonly app: ReleaseRef['app'] | DescribeInput['app'];
}): AppKey {
  const { namespace, environment, region } = input;
  const app = typeof input.app === 'string' ? input.app : input.app.name;
  return { namespace, environment, ...(region === undefined ? {} : { region }), app };
}

function settingsOf(cluster: ClusterPlan): LocalSettings {
  const parsed = localSettingsSchema.safeParse(cluster.settings);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `settings.${issue.path.join('.')}: ${issue.message}`);
  throw failure('InvalidInput', `cluster "${cluster.name}": ${faults.join('; ')}`);
}

async function resolveEnv(
  env: PrepareInput['env'],
  resolveSecret: LocalTargetOptions['resolveSecret'],
): Promise<Record<string, string>> {
  const resolved: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value.startsWith('secret://') && resolveSecret === undefined) {
      throw failure('InvalidInput', `${name} is a secret, and this worker has no secret store to read it from`);
    }
    resolved[name] = value.startsWith('secret://') && resolveSecret ? await resolveSecret(value) : value;
  }
  return resolved;
}

/** Throws when waiting on is pointless: it crashes again and again, made no progress in time, or was taken back. */
function assertAlive(status: AppStatus, input: PrepareInput): ReleaseStatus {
  const release = status.releases.find((one) => one.release === input.release);
  if (release === undefined || release.digest !== input.digest || release.desired === 0) {
    throw failure('Conflict', `release ${input.release} was retired or replaced while it was being prepared`);
  }
  if (release.failure !== null) throw failure('CommandFailed', release.failure);
  if (release.ready < input.replicas && release.silentSeconds > input.progressDeadlineSeconds) {
    const ready = `${release.ready} of ${input.replicas} replicas of ${input.release} are ready`;
    throw failure(
      'CommandFailed',
      `no progress for ${input.progressDeadlineSeconds} s: ${ready}. ${release.problem ?? ''}`.trim(),
    );
  }
  return release;
}

function trafficState(status: AppStatus): TrafficState {
  return {
    stableRelease: status.stableRelease,
    weights: status.weights,
    replicas: status.releases
      .filter(({ desired, ready }) => desired > 0 || ready > 0)
      .map(({ release, ready, desired }) => ({ release, ready, desired })),
    url: status.url,
  };
}

/** Throws the signal's reason when the activity is cancelled. */
async function pause(signal: AbortSignal): Promise<void> {
  try {
    await delay(pollMs, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
