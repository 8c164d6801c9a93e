import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createArtifactStore } from '../activities/artifacts';
import { createAuditLog } from '../activities/audit';
import { remoteAudit, remoteLogs } from '../console/api-client';
import type { AuditReader, LogReader } from '../console/ports';
import { openDatabase } from '../database';
import { cacheOf, type Home, homeOf } from '../embedded/home';
import { createLogReader } from '../embedded/log-reader';
import { runningSystem } from '../embedded/system-state';
import { UsageError } from './exit-code';
import type { CliIo } from './io';

export interface Readers {
  readonly audit: AuditReader;
  readonly logs: LogReader;
}

/**
 * What is in the database: asked of the running system, whose process alone may open the embedded one; opened here when
 * nothing runs. DATABASE_URL leads to a PostgreSQL server that several may open.
 */
export async function withReaders<R>(
  io: CliIo,
  options: { readonly home?: string },
  use: (readers: Readers) => Promise<R>,
): Promise<R> {
  const home = await homeWithDatabase(io, homeOf(io.env, options.home), Boolean(options.home ?? io.env.F0_HOME));
  const system = runningSystem(home);
  if (system) return use({ audit: remoteAudit(system.api), logs: remoteLogs(system.api) });

  const url = io.env.DATABASE_URL;
  const database = await openDatabase(url ? { url } : { folder: home.database });
  try {
    const audit = createAuditLog(database);
    return await use({ audit, logs: createLogReader(audit, createArtifactStore({ folder: home.artifacts })) });
  } finally {
    await database.close();
  }
}

/** Where `f0 demo` notes its home: on a machine where nothing else has run, that is what a person wants to look at. */
export function lastDemoFile(cache: string): string {
  return join(cache, 'last-demo');
}

async function homeWithDatabase(io: CliIo, home: Home, chosen: boolean): Promise<Home> {
  if (io.env.DATABASE_URL || runningSystem(home) || existsSync(home.database)) return home;
  const demo = chosen ? null : await readFile(lastDemoFile(cacheOf(io.env)), 'utf8').catch(() => null);
  if (demo !== null && existsSync(homeOf({}, demo).database)) {
    io.stderr.write(`Nothing has run in ${home.root}; this is the last demo's, ${demo}\n`);
    return homeOf({}, demo);
  }
  throw new UsageError(`nothing has run in ${home.root} yet: there is no database to read`);
}
