import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import type { Home } from '../home';
import { isAlive } from '../process-identity';

const schema = z.object({
  process: z.object({ pid: z.number(), startedAt: z.string().nullable() }),
  port: z.number(),
  uiPort: z.number(),
});

/** The Temporal server of a home: its process, and the ports that it takes again. */
export type ServerState = z.infer<typeof schema>;

/** Null when there never was one, or its file cannot be read. */
export function readServerState(home: Home): ServerState | null {
  try {
    const parsed = schema.safeParse(JSON.parse(readFileSync(fileOf(home), 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

export function writeServerState(home: Home, state: ServerState): void {
  writeFileAtomic.sync(fileOf(home), JSON.stringify(state), { mode: 0o600 });
}

/** Whether the server of this home lives: a killed system leaves it at work. */
export function temporalLives(home: Home): boolean {
  const state = readServerState(home);
  return state !== null && isAlive(state.process);
}

function fileOf(home: Home): string {
  return join(home.temporal, 'server.json');
}
