import { answering, type Database } from '../../database';
import type { ConsoleRole } from '../api';
import { isConsoleRole } from './caller';
import { hashOfSecret, newSecret } from './secrets';

export interface SignedIn {
  readonly name: string;
  readonly displayName: string;
  readonly role: ConsoleRole;
  /** How the person was known: by an identity provider, the local users, or a link of the owner's. */
  readonly source: 'oidc' | 'local' | 'owner';
}

export interface SessionStore {
  /** The id, which is kept nowhere here. */
  begin(person: SignedIn): Promise<string>;
  find(id: string): Promise<SignedIn | null>;
  end(id: string): Promise<void>;
}

/** A working day: whoever comes back the next morning signs in. */
export const sessionSeconds = 12 * 3600;
/** Nobody in this time: the chair is empty. */
const idleMs = 2 * 3_600_000;
/** A write for each request would be more work than the request. */
const seenEveryMs = 60_000;

/** Sessions of people, in the database: they outlive the process, and end everywhere at once. */
export function createSessionStore({ db }: Database, now: () => number = Date.now): SessionStore {
  return {
    begin: (person) =>
      answering(async () => {
        const id = newSecret();
        const at = now();
        await db.deleteFrom('console_sessions').where('expires_at', '<', at).execute();
        await db
          .insertInto('console_sessions')
          .values({
            id_hash: hashOfSecret(id),
            name: person.name,
            display_name: person.displayName,
            role: person.role,
            source: person.source,
            seen_at: at,
            expires_at: at + sessionSeconds * 1000,
          })
          .execute();
        return id;
      }),
    find: (id) =>
      answering(async () => {
        const hash = hashOfSecret(id);
        const at = now();
        const row = await db
          .selectFrom('console_sessions')
          .selectAll()
          .where('id_hash', '=', hash)
          .where('expires_at', '>', at)
          .where('seen_at', '>', at - idleMs)
          .executeTakeFirst();
        if (!row || !isConsoleRole(row.role)) return null;
        if (at - row.seen_at > seenEveryMs) {
          await db.updateTable('console_sessions').set({ seen_at: at }).where('id_hash', '=', hash).execute();
        }
        const source = row.source as SignedIn['source'];
        return { name: row.name, displayName: row.display_name, role: row.role, source };
      }),
    end: (id) =>
      answering(async () => {
        await db.deleteFrom('console_sessions').where('id_hash', '=', hashOfSecret(id)).execute();
      }),
  };
}
