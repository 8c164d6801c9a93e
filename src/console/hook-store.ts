import { answering, type Database } from '../database';

/** Ids of webhooks that were taken. */
export interface HookStore {
  /** True for an id that was not seen before. */
  first(id: string): Promise<boolean>;
  /** For one that could not be passed on: its sender tries again, by the same id. */
  forget(id: string): Promise<void>;
}

/** Twice the tolerance of their time stamps: an older one is refused for its time. */
const keptMs = 10 * 60_000;

export function createHookStore({ db }: Database, now: () => number = Date.now): HookStore {
  return {
    first: (id) =>
      answering(async () => {
        const at = now();
        await db
          .deleteFrom('console_hooks')
          .where('seen_at', '<', at - keptMs)
          .execute();
        const added = await db
          .insertInto('console_hooks')
          .values({ id, seen_at: at })
          .onConflict((conflict) => conflict.column('id').doNothing())
          .returning('id')
          .executeTakeFirst();
        return added !== undefined;
      }),
    forget: (id) =>
      answering(async () => {
        await db.deleteFrom('console_hooks').where('id', '=', id).execute();
      }),
  };
}
