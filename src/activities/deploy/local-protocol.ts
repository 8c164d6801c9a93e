import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { ErrorCode } from '../../contracts/errors';

// What the local cluster's agent and its callers agree on: JSON over HTTP on 127.0.0.1, with a token of the state file.

/** Where the local cluster keeps its state, logs and unpacked packages. */
export function clusterFolder(home: string): string {
  return path.join(home, 'cluster');
}

/** The agent that runs now: `cluster/agent.json`, mode 0600, gone when it was stopped in order. */
export const agentFileSchema = z.object({
  pid: z.number().int().positive(),
  /** Tells this process from a later one with the same pid. */
  startTime: z.string().min(1),
  url: z.url(),
  token: z.string().min(32),
});
export type AgentFile = z.infer<typeof agentFileSchema>;

/** The state file of the agent; null when there is none, or nothing that an agent wrote. */
export async function readAgentFile(home: string): Promise<AgentFile | null> {
  let text: string;
  try {
    text = await readFile(path.join(clusterFolder(home), 'agent.json'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const parsed = agentFileSchema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const name = z.string().min(1);

/** One app in one environment, or in one region of it: what has one address and one proxy. */
export const appKeySchema = z.object({ namespace: name, environment: name, region: name.optional(), app: name });
export type AppKey = z.infer<typeof appKeySchema>;

/** The settings of a cluster of type `local`. */
export const localSettingsSchema = z.object({
  /** A fixed port for the app's address; left out, one is picked and kept. */
  port: z.number().int().min(1).max(65_535).optional(),
  /** The address the proxy listens at. */
  host: z.string().min(1).default('127.0.0.1'),
  /** How long a replica may finish its running requests before it is stopped. */
  drainSeconds: z.number().min(0).default(15),
});
export type LocalSettings = z.infer<typeof localSettingsSchema>;

/** Where users send fewer requests a second than this, the cluster sends some of its own. */
export const syntheticTrafficSchema = z.object({
  paths: z.array(z.string().startsWith('/')).min(1),
  perSecond: z.number().positive().max(1000),
});
export type SyntheticTraffic = z.infer<typeof syntheticTrafficSchema>;

export const prepareRequestSchema = z.object({
  app: appKeySchema,
  settings: localSettingsSchema,
  release: name,
  digest: name,
  /** Where the package is unpacked: the working directory of the replicas. */
  folder: name,
  start: name,
  healthPath: z.string().startsWith('/'),
  env: z.record(z.string(), z.string()),
  replicas: z.number().int().min(1).max(1000),
  rolling: z.boolean(),
  synthetic: syntheticTrafficSchema.nullable(),
  progressDeadlineSeconds: z.number().positive(),
});
export type PrepareRequest = z.infer<typeof prepareRequestSchema>;

export const shiftRequestSchema = z.object({
  app: appKeySchema,
  release: name,
  weight: z.number().min(0).max(100),
  otherRelease: name.nullable(),
});
export type ShiftRequest = z.infer<typeof shiftRequestSchema>;

export const releaseRequestSchema = z.object({ app: appKeySchema, release: name });
export type ReleaseRequest = z.infer<typeof releaseRequestSchema>;

export const replicaPhaseSchema = z.enum([
  /** Runs, and has not answered its health check yet. */
  'starting',
  'ready',
  /** Was ready, and fails its health checks now: out of the rotation. */
  'unhealthy',
  /** Ended by itself; started again after a pause. */
  'backoff',
  /** Gets no new request, finishes the running ones, then stops. */
  'leaving',
]);
export type ReplicaPhase = z.infer<typeof replicaPhaseSchema>;

export const appStatusSchema = z.object({
  app: appKeySchema,
  url: z.string().nullable(),
  /** What a person should know: another port than before, for example. */
  notices: z.array(z.string()),
  stableRelease: z.string().nullable(),
  weights: z.array(z.object({ release: z.string(), weight: z.number() })),
  /** The release that replaces the others one replica at a time. */
  rollingTo: z.string().nullable(),
  releases: z.array(
    z.object({
      release: z.string(),
      digest: z.string(),
      desired: z.number(),
      ready: z.number(),
      /** Why it will not become ready: its replicas crash again and again. */
      failure: z.string().nullable(),
      /** What is wrong at the moment, with the last lines of a log. */
      problem: z.string().nullable(),
      /** Since it last came nearer to what is desired; by a clock that nobody can set. */
      silentSeconds: z.number(),
      replicas: z.array(
        z.object({
          id: z.string(),
          pid: z.number().nullable(),
          url: z.string(),
          phase: replicaPhaseSchema,
          /** Times it ended by itself and was started again. */
          restarts: z.number(),
        }),
      ),
    }),
  ),
});
export type AppStatus = z.infer<typeof appStatusSchema>;
export type ReleaseStatus = AppStatus['releases'][number];

/** The answer to a command: whether its effect is there, and what is so. */
export const commandAnswerSchema = z.object({
  /** False: the agent works on it; ask again. */
  applied: z.boolean(),
  /** In a few words, what it waits for. */
  waitingFor: z.string().nullable(),
  status: appStatusSchema,
});
export type CommandAnswer = z.infer<typeof commandAnswerSchema>;

/** The answer to a request that was refused. */
export const errorAnswerSchema = z.object({ code: z.enum(ErrorCode), message: z.string() });
