import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createArtifactStore } from '../activities/artifacts';
import { createAuditLog } from '../activities/audit';
import { createKpiProjector, createKpiReader, createPlatformStore, type PlatformDesk } from '../activities/kpis';
import { type ApiAddress, remoteAudit, remoteKpis, remoteLogs, remotePlatforms } from '../console/api-client';
import type { AuditReader, LogReader } from '../console/ports';
import type { KpiReader } from '../contracts/kpis';
import { openDatabase } from '../database';
import { cacheOf, type Home, homeOf } from '../embedded/home';
import { createLogReader } from '../embedded/log-reader';
import { runningSystem } from '../embedded/system-state';
import { UsageError } from './exit-code';
import type { CliIo } from './io';

export interface Readers {
  readonly audit: AuditReader;
  readonly logs: LogReader;
  readonly kpis: KpiReader;
  readonly platforms: PlatformDesk;
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
  if (system) return use(remoteReaders(system.api));

  const url = io.env.DATABASE_URL;
  const database = await openDatabase(url ? { url } : { folder: home.database });
  try {
    const audit = createAuditLog(database);
    const logs = createLogReader(audit, createArtifactStore({ folder: home.artifacts }));
    const projector = createKpiProjector({ database, logger: { warn: () => undefined } });
    const platforms = createPlatformStore({ database, audit });
    // No metrics: only a running system has the credentials of their sources.
    const kpis = createKpiReader({ database, platforms, projector, metrics: null });
    return await use({ audit, logs, kpis, platforms });
  } finally {
    await database.close();
  }
}

function remoteReaders(api: ApiAddress): Readers {
  return { audit: remoteAudit(api), logs: remoteLogs(api), kpis: remoteKpis(api), platforms: remotePlatforms(api) };
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
