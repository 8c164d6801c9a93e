import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { sync as writeFileAtomicSync } from 'write-file-atomic';
import { z } from 'zod';
import { appKeySchema, syntheticTrafficSchema } from '../../activities/deploy/local-protocol';

// What the agent knows across its own death: what is wanted, and which processes it started for it.

const replicaStateSchema = z.object({
  id: z.string(),
  release: z.string(),
  generation: z.string(),
  port: z.number(),
  pid: z.number(),
  startTime: z.string(),
});
export type ReplicaState = z.infer<typeof replicaStateSchema>;

const releaseStateSchema = z.object({
  release: z.string(),
  digest: z.string(),
  folder: z.string(),
  start: z.string(),
  healthPath: z.string(),
  env: z.record(z.string(), z.string()),
  /** A replica that has not become healthy after this long is started anew. */
  startSeconds: z.number(),
  /** Names what above makes a replica what it is: those of another generation are replaced. */
  generation: z.string(),
  /** How many were asked for, and how many there shall be now: fewer while it is rolled in or out, 0 when retired. */
  replicas: z.number(),
  desired: z.number(),
});
export type ReleaseState = z.infer<typeof releaseStateSchema>;

const appStateSchema = z.object({
  key: appKeySchema,
  host: z.string(),
  port: z.number(),
  /** The settings ask for this very port: no other will do. */
  portFixed: z.boolean(),
  drainSeconds: z.number(),
  notices: z.array(z.string()),
  stable: z.string().nullable(),
  synthetic: syntheticTrafficSchema.nullable().default(null),
  /** Sums to 100, or is empty; none is 0. */
  weights: z.array(z.object({ release: z.string(), weight: z.number() })),
  rollingTo: z.string().nullable(),
  /** The one that was retired last comes last. */
  releases: z.array(releaseStateSchema),
  replicas: z.array(replicaStateSchema),
});
export type AppState = z.infer<typeof appStateSchema>;

const clusterStateSchema = z.object({ version: z.literal(1), apps: z.array(appStateSchema) });
type ClusterState = z.infer<typeof clusterStateSchema>;

/** The file `state.json`: whole at any instant, readable by its owner only (environments may hold secrets). */
export class StateFile {
  private readonly file: string;
  private written: string | null = null;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.file = path.join(folder, 'state.json');
  }

  /** Throws when there is a file that this version cannot read: starting over would lose what runs. */
  load(): readonly AppState[] {
    let text: string;
    try {
      text = readFileSync(this.file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    try {
      return clusterStateSchema.parse(JSON.parse(text)).apps;
    } catch (cause) {
      throw new Error(`${this.file} is not a state of the local cluster; move it away to start with an empty one`, {
        cause,
      });
    }
  }

  /** On the disk before it returns; the same as before is not written again. */
  save(apps: readonly AppState[]): void {
    const state: ClusterState = { version: 1, apps: [...apps] };
    const text = `${JSON.stringify(state, null, 2)}\n`;
    if (text === this.written) return;
    writeFileAtomicSync(this.file, text, { mode: 0o600 });
    this.written = text;
  }
}
