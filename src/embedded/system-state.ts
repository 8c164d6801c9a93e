import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import type { Home } from './home';
import { isAlive } from './process-identity';

const processSchema = z.object({ pid: z.number(), startedAt: z.string().nullable() });

const systemSchema = z.object({
  process: processSchema,
  /** ISO-8601. */
  since: z.string(),
  temporal: z.object({
    address: z.string(),
    namespace: z.string(),
    uiUrl: z.string().nullable(),
    /** False: TEMPORAL_ADDRESS named one that is not ours to start or stop. */
    ours: z.boolean(),
  }),
  api: z.object({ url: z.string(), token: z.string() }),
  cluster: z.object({ url: z.string(), pid: z.number() }),
});

/** What `system.json` says: the running (or last) embedded system, and where each part answers. */
export type SystemState = z.infer<typeof systemSchema>;

/** Null when none was written, or what is there cannot be read (a half-written file of an older version, say). */
export function readSystemState(home: Home): SystemState | null {
  try {
    const parsed = systemSchema.safeParse(JSON.parse(readFileSync(home.systemFile, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Readable by its owner only: it holds the API's token. */
export function writeSystemState(home: Home, state: SystemState): void {
  mkdirSync(dirname(home.systemFile), { recursive: true, mode: 0o700 });
  writeFileAtomic.sync(home.systemFile, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
}

export function removeSystemState(home: Home): void {
  rmSync(home.systemFile, { force: true });
}

/** The system that runs now; null after a clean end, and after a kill that left its file behind. */
export function runningSystem(home: Home): SystemState | null {
  const state = readSystemState(home);
  return state && isAlive(state.process) ? state : null;
}
