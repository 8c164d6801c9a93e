import { randomBytes } from 'node:crypto';
import { failure } from '../../contracts/errors';
import { answering, type ConsoleTokensTable, type Database } from '../../database';
import type { ApiToken, ConsoleRole } from '../api';
import { isConsoleRole } from './caller';
import { hashOfSecret, newSecret, sameText } from './secrets';

export interface TokenRequest {
  readonly name: string;
  readonly role: ConsoleRole;
  readonly by: string;
  /** ISO-8601; null: it does not expire. */
  readonly expiresAt: string | null;
}

export interface TokenStore {
  /** The secret is in this answer alone. */
  create(request: TokenRequest): Promise<{ readonly token: ApiToken; readonly secret: string }>;
  list(): Promise<readonly ApiToken[]>;
  /** Throws `NotFound`. */
  revoke(id: string): Promise<void>;
  find(secret: string): Promise<ApiToken | null>;
}

/** Tells people and secret scanners what it is: `f0t_<id>_<secret>`. */
const form = /^f0t_([0-9a-f]{16})_([\w-]{43})$/;
const usedEveryMs = 60_000;

/** Tokens of services. */
export function createTokenStore({ db }: Database, now: () => number = Date.now): TokenStore {
  return {
    create: ({ name, role, by, expiresAt }) =>
      answering(async () => {
        const id = randomBytes(8).toString('hex');
        const secret = newSecret();
        const row: ConsoleTokensTable = {
          id,
          secret_hash: hashOfSecret(secret),
          name,
          role,
          created_by: by,
          created_at: now(),
          expires_at: expiresAt === null ? null : Date.parse(expiresAt),
          last_used_at: null,
        };
        await db.insertInto('console_tokens').values(row).execute();
        return { token: tokenOf(row), secret: `f0t_${id}_${secret}` };
      }),
    list: () =>
      answering(async () =>
        (await db.selectFrom('console_tokens').selectAll().orderBy('created_at', 'desc').execute()).map(tokenOf),
      ),
    revoke: (id) =>
      answering(async () => {
        const { numDeletedRows } = await db.deleteFrom('console_tokens').where('id', '=', id).executeTakeFirstOrThrow();
        if (numDeletedRows === 0n) throw failure('NotFound', `there is no token ${id}: \`f0 token list\` shows them`);
      }),
    find: (secret) =>
      answering(async () => {
        const [, id = '', random = ''] = form.exec(secret) ?? [];
        if (id === '') return null;
        const row = await db.selectFrom('console_tokens').selectAll().where('id', '=', id).executeTakeFirst();
        const at = now();
        if (!row || !isConsoleRole(row.role) || !sameText(row.secret_hash, hashOfSecret(random))) return null;
        if (row.expires_at !== null && row.expires_at <= at) return null;
        if (at - (row.last_used_at ?? 0) > usedEveryMs) {
          await db.updateTable('console_tokens').set({ last_used_at: at }).where('id', '=', id).execute();
        }
        return tokenOf(row);
      }),
  };
}

function tokenOf(row: ConsoleTokensTable): ApiToken {
  return {
    id: row.id,
    name: row.name,
    role: isConsoleRole(row.role) ? row.role : 'viewer',
    by: row.created_by,
    createdAt: isoOf(row.created_at),
    expiresAt: row.expires_at === null ? null : isoOf(row.expires_at),
    lastUsedAt: row.last_used_at === null ? null : isoOf(row.last_used_at),
  };
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
