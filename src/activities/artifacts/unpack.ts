import { randomUUID } from 'node:crypto';
import { lstat, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { extract, list, type ReadEntry } from 'tar';
import { failure } from '../../contracts/errors';
import { linkFault, pathFault } from './package-paths';
import { storageFailure } from './storage-failure';

/**
 * Unpacks beside `folder` and renames: the folder is there whole or not at all. A folder that exists was unpacked
 * before, so callers name it by the digest. Throws `InvalidInput` for a package that reaches out of its folder.
 */
export async function unpackPackage(verifiedFile: () => Promise<string>, folder: string): Promise<void> {
  if (await exists(folder)) return;
  const file = await verifiedFile();
  await checkPackage(file);
  const temporary = path.join(path.dirname(folder), `.${path.basename(folder)}.${randomUUID()}.tmp`);
  try {
    await mkdir(temporary, { recursive: true });
    await extract({ file, cwd: temporary, strict: true, preserveOwner: false });
    await rename(temporary, folder);
  } catch (error) {
    // Somebody else unpacked the same package in the meantime: theirs is as good.
    if (['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) return;
    throw await storageFailure(error, 'the folder for unpacked packages', path.dirname(folder), null);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Looks at every entry before the first is written. */
async function checkPackage(file: string): Promise<void> {
  const faults: string[] = [];
  const links = new Set<string>();
  const parents = new Set<string>();
  try {
    await list({
      file,
      strict: true,
      onReadEntry: (entry) => {
        const fault = entryFault(entry);
        if (fault) faults.push(fault);
        if (entry.type === 'SymbolicLink') links.add(withoutSlash(entry.path));
        for (let parent = path.posix.dirname(entry.path); parent !== '.' && parent !== '/'; ) {
          parents.add(parent);
          parent = path.posix.dirname(parent);
        }
      },
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw failure('InvalidInput', `the package is not a gzipped tar archive: ${reason}`, { cause: error });
  }
  for (const link of links) if (parents.has(link)) faults.push(`"${link}" is a link and has entries below it`);
  const [first, ...others] = faults;
  if (first === undefined) return;
  const more = others.length ? ` (and ${others.length} more)` : '';
  throw failure('InvalidInput', `the package is refused, nothing was unpacked: ${first}${more}`);
}

function entryFault(entry: ReadEntry): string | null {
  const fault = pathFault(entry.path);
  if (fault) return fault;
  switch (entry.type) {
    case 'File':
    case 'OldFile':
    case 'ContiguousFile':
    case 'Directory':
      return null;
    case 'SymbolicLink':
      return linkFault(withoutSlash(entry.path), entry.linkpath ?? '');
    case 'Link':
      return pathFault(entry.linkpath ?? '');
    default:
      return `"${entry.path}" is a ${entry.type}: only files, folders and links belong into a package`;
  }
}

function withoutSlash(entryPath: string): string {
  return entryPath.replace(/\/+$/, '');
}

async function exists(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch {
    return false;
  }
}
