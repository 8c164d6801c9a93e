import type { DriftResult } from '../contracts/workflows';
import { answering, type Database } from '../database';

/** The last look at what somebody has changed in an environment. */
export interface Look {
  /** ISO-8601. */
  readonly at: string;
  readonly result: DriftResult;
}

export interface LookStore {
  keep(look: Look): Promise<void>;
  /** By `namespace/environment`. */
  all(): Promise<ReadonlyMap<string, Look>>;
}

export function createLookStore({ db }: Database): LookStore {
  return {
    keep: ({ at, result }) =>
      answering(async () => {
        const row = { at: Date.parse(at), result: JSON.stringify(result) };
        await db
          .insertInto('console_looks')
          .values({ environment: lookKey(result), ...row })
          .onConflict((conflict) => conflict.column('environment').doUpdateSet(row))
          .execute();
      }),
    all: () =>
      answering(async () => {
        const rows = await db.selectFrom('console_looks').selectAll().execute();
        return new Map(
          rows.map(({ environment, at, result }): [string, Look] => [
            environment,
            { at: new Date(at).toISOString(), result: JSON.parse(result) as DriftResult },
          ]),
        );
      }),
  };
}

export function lookKey({ namespace, environment }: { namespace: string; environment: string }): string {
  return `${namespace}/${environment}`;
}
