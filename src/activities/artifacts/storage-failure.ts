import { statfs } from 'node:fs/promises';
import { ApplicationFailure } from '@temporalio/common';
import { failure } from '../../contracts/errors';

/** Bytes that an unprivileged user may still write below a folder; null when it cannot be told. */
export type FreeBytes = (folder: string) => Promise<number | null>;

export const freeBytesOf: FreeBytes = async (folder) => {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
};

/** Says what a file system's error means for a person; our own failures pass as they are. */
export async function storageFailure(
  error: unknown,
  what: string,
  folder: string,
  neededBytes: number | null,
  freeBytes: FreeBytes = freeBytesOf,
): Promise<unknown> {
  if (error instanceof ApplicationFailure) return error;
  const { code, path = folder } = error as NodeJS.ErrnoException;
  const cause = { cause: error };
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT': {
      const free = await freeBytes(folder);
      const needed = neededBytes === null ? '' : `: ${formatBytes(neededBytes)} were needed`;
      const left = free === null ? '' : `${needed ? ',' : ':'} ${formatBytes(free)} are free`;
      return failure(
        'Unavailable',
        `${what} at ${folder} is full${needed}${left}. Free some space; it is tried again`,
        cause,
      );
    }
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return failure('PermissionDenied', `${path} is closed to this user (${code}), and ${what} needs it`, cause);
    case 'EIO':
    case 'EMFILE':
    case 'ENFILE':
      return failure('Unavailable', `${what} at ${folder} cannot be used now (${code})`, cause);
    default:
      return error;
  }
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${Number(value.toFixed(1))} ${units[power]}`;
}
