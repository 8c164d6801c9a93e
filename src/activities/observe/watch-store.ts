import { type Kysely, type Selectable, sql } from 'kysely';
import type { WatchState } from '../../analytics';
import { answering, type Database, type Schema, type WatchesTable } from '../../database';
import type { StoredWatch } from './watch';

/** An observer that was not seen for this long is gone: a few turns of `seen`, and well below the heartbeat timeout. */
const goneAfterMs = 8_000;

/** Taken up in one statement, so that several observers share what a dead one has left. */
const takeUpAtOnce = 500;

const databaseNow = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`;

/** Watches and their owners in the database, as one observer writes them. All methods throw `Unavailable`. */
export class WatchStore {
  readonly #db: Kysely<Schema>;

  constructor(
    private readonly database: Database,
    private readonly observer: string,
  ) {
    this.#db = database.db;
  }

  /**
   * Writes a watch down as ours. One of the same key is replaced, because a further attempt of the activity brings
   * another task token; its saved state is the answer.
   */
  register(watch: StoredWatch): Promise<WatchState | null> {
    const { key, taskToken, workflowId, input, heartbeatTimeoutMs, state } = watch;
    const row = {
      task_token: taskToken,
      workflow_id: workflowId,
      input: JSON.stringify(input),
      heartbeat_timeout_ms: heartbeatTimeoutMs,
      owner: this.observer,
    };
    return answering(async () => {
      const saved = await this.#db
        .insertInto('watches')
        .values({ key, ...row, state: state && JSON.stringify(state) })
        .onConflict((conflict) => conflict.column('key').doUpdateSet(row))
        .returning('state')
        .executeTakeFirst();
      return parseState(saved?.state ?? null);
    });
  }

  /** Says that this observer lives. Where nobody else can have the database open, all others are gone. */
  seen(): Promise<void> {
    return answering(async () => {
      if (this.database.exclusive) await this.#db.deleteFrom('observers').where('id', '!=', this.observer).execute();
      await this.#db
        .insertInto('observers')
        .values({ id: this.observer, seen_at: databaseNow })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ seen_at: databaseNow }))
        .execute();
    });
  }

  /** Makes watches of observers that are gone ours, at most some hundred at once. */
  takeUp(): Promise<StoredWatch[]> {
    return answering(async () => {
      const orphans = this.#db
        .selectFrom('watches')
        .select('watches.key')
        .where('watches.owner', '!=', this.observer)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('observers')
                .select('observers.id')
                .whereRef('observers.id', '=', 'watches.owner')
                .where('observers.seen_at', '>', sql<number>`${databaseNow} - ${sql.lit(goneAfterMs)}`),
            ),
          ),
        )
        .limit(takeUpAtOnce)
        .forUpdate()
        .skipLocked();
      const rows = await this.#db
        .updateTable('watches')
        .set({ owner: this.observer })
        .where('key', 'in', orphans)
        .returningAll()
        .execute();
      return rows.map(toWatch);
    });
  }

  /** Answers the keys that are still ours; the others were taken up by somebody else. */
  saveStates(states: ReadonlyMap<string, WatchState>): Promise<ReadonlySet<string>> {
    const keys = [...states.keys()];
    const texts = [...states.values()].map((state) => JSON.stringify(state));
    return answering(async () => {
      const { rows } = await sql<{ key: string }>`
        update watches set state = saved.state
        from unnest(${keys}::text[], ${texts}::text[]) as saved (key, state)
        where watches.key = saved.key and watches.owner = ${this.observer}
        returning watches.key`.execute(this.#db);
      return new Set(rows.map(({ key }) => key));
    });
  }

  /** Of this attempt alone: the row of a later one stays. */
  remove({ key, taskToken }: Pick<StoredWatch, 'key' | 'taskToken'>): Promise<void> {
    return answering(async () => {
      await this.#db.deleteFrom('watches').where('key', '=', key).where('task_token', '=', taskToken).execute();
    });
  }

  /**
   * Gives back the space of states that were saved over. PostgreSQL does so by itself; the embedded one has no
   * autovacuum, and a watch of a day would leave thousands of them behind.
   */
  tidy(): Promise<void> {
    return answering(async () => {
      if (this.database.exclusive) await sql`vacuum watches`.execute(this.#db);
    });
  }

  /** What is left is for others at once. */
  leave(): Promise<void> {
    return answering(async () => {
      await this.#db.deleteFrom('observers').where('id', '=', this.observer).execute();
    });
  }
}

function toWatch(row: Selectable<WatchesTable>): StoredWatch {
  return {
    key: row.key,
    taskToken: row.task_token,
    workflowId: row.workflow_id,
    input: JSON.parse(row.input),
    heartbeatTimeoutMs: row.heartbeat_timeout_ms,
    state: parseState(row.state),
  };
}

function parseState(text: string | null): WatchState | null {
  return text === null ? null : (JSON.parse(text) as WatchState);
}
