import { Mutex } from 'async-mutex';
import type { PostgresPool, PostgresQueryResult } from 'kysely';

/** What is used of PGlite. */
interface Session {
  query<R>(statement: string, parameters: unknown[]): Promise<{ rows: R[]; affectedRows?: number }>;
  close(): Promise<void>;
}

/**
 * Shows PGlite to Kysely as a pool of one connection. PGlite is one session: without the mutex the statements of two
 * transactions would interleave in it, and end each other.
 */
export function pglitePool(pglite: Session): PostgresPool {
  const mutex = new Mutex();
  return {
    async connect() {
      const release = await mutex.acquire();
      return {
        async query<R>(statement: unknown, parameters?: readonly unknown[]) {
          // Kysely asks for a cursor only where one was configured.
          if (typeof statement !== 'string') throw new Error('the embedded database has no cursors');
          const result = await pglite.query<R>(statement, parameters ? [...parameters] : []);
          return {
            command: commandOf(statement),
            rowCount: result.affectedRows ?? result.rows.length,
            rows: result.rows,
          };
        },
        release,
      } as PooledClient;
    },
    end: () => mutex.runExclusive(() => pglite.close()),
  };
}

type PooledClient = Awaited<ReturnType<PostgresPool['connect']>>;

/** Kysely counts affected rows by it. */
function commandOf(statement: string): PostgresQueryResult<unknown>['command'] {
  const [verb = ''] = statement.trimStart().split(/\s/, 1);
  return verb.toUpperCase() as PostgresQueryResult<unknown>['command'];
}
