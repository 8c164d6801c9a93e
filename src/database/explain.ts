import { ApplicationFailure } from '@temporalio/common';
import { type ErrorCode, failure } from '../contracts/errors';

/** Says what is wrong with the PostgreSQL server behind `url`, and what to do; the password is in no message. */
export function explainPostgres(error: unknown, url: string): ApplicationFailure {
  const at = new URL(url);
  const server = `${at.hostname}:${at.port || 5432}`;
  const database = decodeURIComponent(at.pathname.slice(1)) || 'postgres';
  const user = decodeURIComponent(at.username) || 'the default user';
  const [code, message] = reason(codeOf(error), { server, database, user }) ?? [
    'Unavailable' as const,
    `PostgreSQL at ${server} cannot be used: ${withoutPassword(messageOf(error), at)}`,
  ];
  return failure(code, message);
}

interface Place {
  readonly server: string;
  readonly database: string;
  readonly user: string;
}

/** By the system's error codes and PostgreSQL's (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
function reason(code: string, { server, database, user }: Place): readonly [ErrorCode, string] | null {
  switch (code) {
    case 'ECONNREFUSED':
      return ['Unavailable', `nothing listens at ${server}: is PostgreSQL running, and is DATABASE_URL right?`];
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return ['Unavailable', `the host of ${server} is not known: correct the host in DATABASE_URL`];
    case 'ETIMEDOUT':
      return ['Timeout', `PostgreSQL at ${server} did not answer in time: is a firewall between?`];
    case '28P01':
      return [
        'PermissionDenied',
        `PostgreSQL at ${server} refused the password of ${user}: correct it in DATABASE_URL`,
      ];
    case '28000':
      return ['PermissionDenied', `PostgreSQL at ${server} does not let ${user} in: check the user and pg_hba.conf`];
    case '3D000':
      return ['NotFound', `PostgreSQL at ${server} has no database "${database}": create it, or correct DATABASE_URL`];
    case '42501':
      return [
        'PermissionDenied',
        `${user} may not create tables in database "${database}" at ${server}: grant it CREATE`,
      ];
    case '53300':
      return ['Unavailable', `PostgreSQL at ${server} has no free connections: raise max_connections or use a pooler`];
    default:
      return null;
  }
}

/** Says what is wrong with the embedded database. */
export function explainFolder(error: unknown, folder: string): ApplicationFailure {
  const code = codeOf(error);
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return failure('PermissionDenied', `the database folder ${folder} cannot be written: ${messageOf(error)}`);
  }
  if (code === 'ENOSPC') return failure('Unavailable', `no space is left for the database in ${folder}: free some`);
  return failure(
    'Unavailable',
    `the database in ${folder} cannot be opened (${messageOf(error)}): restore the folder from a backup, or move it away to begin with an empty one`,
  );
}

/** A database of a later version of ours has migrations that this version does not know. */
export function explainMigration(error: unknown, place: string): ApplicationFailure {
  if (/previously executed migration .* is missing/.test(messageOf(error))) {
    return failure('Conflict', `the database ${place} was made by a newer version of framework0: start that one`);
  }
  return failure('Unavailable', `the tables in ${place} cannot be brought up to date: ${messageOf(error)}`);
}

function codeOf(error: unknown): string {
  const { code, errors } = (error ?? {}) as { code?: unknown; errors?: readonly unknown[] };
  if (code !== undefined) return String(code);
  // Node tries every address of a host, and reports all that went wrong.
  if (errors?.length) return codeOf(errors[0]);
  return /timeout/i.test(messageOf(error)) ? 'ETIMEDOUT' : '';
}

function messageOf(error: unknown): string {
  const { message } = (error ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : String(error);
}

function withoutPassword(text: string, url: URL): string {
  const password = decodeURIComponent(url.password);
  return password === '' ? text : text.replaceAll(password, '[password]').replaceAll(url.password, '[password]');
}

/**
 * Does `work` with the database; what goes wrong there is worth another try.
 * Thrown: `Unavailable`, and what `work` itself throws as a failure of ours.
 */
export async function answering<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ApplicationFailure) throw error;
    throw failure('Unavailable', `the database did not do its work: ${messageOf(error)}`, { cause: error });
  }
}
