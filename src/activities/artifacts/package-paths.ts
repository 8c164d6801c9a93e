import path from 'node:path';

// What may stand in a package, checked alike where packages are made and where they are unpacked.

/** Why an entry's path (with `/`) would leave the folder it is unpacked into; null when it stays inside. */
export function pathFault(entryPath: string): string | null {
  if (entryPath === '') return 'an entry has no path';
  if (entryPath.startsWith('/') || /^[a-zA-Z]:/.test(entryPath) || entryPath.includes('\\')) {
    return `"${entryPath}" is not a relative path with forward slashes`;
  }
  return entryPath.split('/').includes('..') ? `"${entryPath}" leads out of the package by ".."` : null;
}

/**
 * Why a symbolic link would leave the package; null when it stays inside. A `..` is allowed only at the start of the
 * target: behind another name, that name could be a link itself and the `..` would start from somewhere else.
 */
export function linkFault(entryPath: string, target: string): string | null {
  const leaves = `the link "${entryPath}" to "${target}" leads out of the package`;
  if (target === '' || target.startsWith('/') || /^[a-zA-Z]:/.test(target) || target.includes('\\')) return leaves;
  const parts = target.split('/').filter((part) => part !== '' && part !== '.');
  const firstName = parts.findIndex((part) => part !== '..');
  if (firstName >= 0 && parts.indexOf('..', firstName) >= 0) return leaves;
  const resolved = path.posix.join(path.posix.dirname(entryPath), target);
  return resolved === '..' || resolved.startsWith('../') ? leaves : null;
}
