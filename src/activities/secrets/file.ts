import { type FileHandle, open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { failure } from '../../contracts/errors';
import type { SecretProvider } from './port';

const maxBytes = 64 * 1024;
/** Written by the group, or touched by others at all. The group may read: that is how Kubernetes mounts with `fsGroup`. */
const tooOpen = 0o027;

/** Secrets in a folder, one file each: what Docker, Kubernetes and systemd mount. One newline at the end is not part of it. */
export function createFileSecrets(folder: string | null): SecretProvider {
  const place = folder === null ? 'the secrets folder (none is set up)' : `the folder ${folder}`;
  return {
    place,
    async read(name) {
      if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(name)) {
        throw failure('InvalidInput', `secret://file/${name}: the name of a file, without folders, was expected`);
      }
      return folder === null ? null : readSecretFile(path.join(folder, name));
    },
    async names() {
      if (folder === null) return [];
      try {
        return (await readdir(folder)).filter((name) => !name.startsWith('.'));
      } catch {
        return [];
      }
    },
  };
}

/** Opened once, so that what is checked is what is read. */
async function readSecretFile(file: string): Promise<string | null> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, 'r');
    const { mode, size } = await handle.stat();
    if (process.platform !== 'win32' && (mode & tooOpen) !== 0) {
      throw failure('PermissionDenied', `${file} is open to others (mode ${modeOf(mode)}). Run: chmod 600 ${file}`);
    }
    if (size > maxBytes) {
      throw failure('InvalidInput', `${file} has ${size} bytes; a secret has at most ${maxBytes}`);
    }
    return (await handle.readFile('utf8')).replace(/\r?\n$/, '');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return null;
    if (code === 'EACCES') {
      throw failure('PermissionDenied', `${file} cannot be read by this user`, { cause: error });
    }
    throw error;
  } finally {
    await handle?.close();
  }
}

function modeOf(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, '0');
}
