import { existsSync } from 'node:fs';
import { Client } from 'pg';
import { homeOf } from '../../embedded/home';
import { runningSystem } from '../../embedded/system-state';
import { type Check, type CheckResult, failed, fine } from './check';

const name = 'database';

/** Looks without opening: opening brings the tables up to date, and a check changes nothing. */
export const database: Check = async ({ io, homeOption }) => {
  const { env } = io;
  if (env.DATABASE_URL) return postgres(env.DATABASE_URL);
  const home = homeOf(env, homeOption);
  const system = runningSystem(home);
  if (!system) {
    return fine(
      name,
      existsSync(home.database) ? `embedded, in ${home.database}` : `embedded, made in ${home.database} by \`f0 up\``,
    );
  }
  const answer = await fetch(`${system.api.url}/ready`, { signal: AbortSignal.timeout(5_000) });
  const { ready, reason } = (await answer.json()) as { ready: boolean; reason: string | null };
  if (ready) return fine(name, `embedded, open in the running system (process ${system.process.pid})`);
  return failed(name, reason ?? 'the running system is not ready', 'look at logs/workers.log in its home');
};

async function postgres(connectionString: string): Promise<CheckResult> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return fine(name, `PostgreSQL ${rows[0]?.server_version ?? ''} answers at ${client.host}:${client.port}`);
  } catch (error) {
    const why = error instanceof Error ? error.message || String(error) : String(error);
    return failed(name, `DATABASE_URL does not lead to a database: ${why}`, 'correct it, or start PostgreSQL');
  } finally {
    await client.end().catch(() => undefined);
  }
}
