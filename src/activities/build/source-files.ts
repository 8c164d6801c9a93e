import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, readlink, symlink } from 'node:fs/promises';
import path from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { failure } from '../../contracts/errors';
import { linkFault } from '../artifacts';

/** Left out unless the ignore file takes them in again (`!node_modules/`); `.git` is left out always. */
const leftOut = ['node_modules/', '.f0/'];

export interface SourceEntry {
  /** Relative to the source, with forward slashes. */
  readonly path: string;
  readonly type: 'file' | 'folder' | 'link';
}

/**
 * What of a source folder belongs to a build, sorted. Rules come from `.f0ignore` files where the source has one at its
 * root, else from `.gitignore` files; both have git's syntax and may stand in any folder.
 *
 * `node_modules` of the source is left out: it is of one machine and one day. What the `build` commands install is in
 * the package, because packing leaves nothing out but `.git`.
 */
export async function listSource(source: string): Promise<readonly SourceEntry[]> {
  let root: string[];
  try {
    root = await readdir(source);
  } catch (error) {
    throw failure('NotFound', `the source folder ${source} does not exist on this worker`, { cause: error });
  }
  const ignoreFile = root.includes('.f0ignore') ? '.f0ignore' : '.gitignore';
  return listFolder(source, '', { ignoreFile, matcher: ignore().add(leftOut) });
}

/** Everything below a folder but `.git`, sorted by its bytes: the same order on every machine. */
export async function listTree(folder: string): Promise<readonly SourceEntry[]> {
  return listFolder(folder, '', null);
}

interface Rules {
  readonly ignoreFile: string;
  readonly matcher: Ignore;
}

async function listFolder(root: string, folder: string, outer: Rules | null): Promise<SourceEntry[]> {
  const rules = outer && (await withRulesOf(root, folder, outer));
  const entries: SourceEntry[] = [];
  const children = await readdir(path.join(root, folder), { withFileTypes: true });
  for (const child of children.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))) {
    const childPath = folder === '' ? child.name : `${folder}/${child.name}`;
    if (child.name === '.git' || rules?.matcher.ignores(child.isDirectory() ? `${childPath}/` : childPath)) continue;
    if (child.isSymbolicLink()) entries.push({ path: childPath, type: 'link' });
    else if (child.isFile()) entries.push({ path: childPath, type: 'file' });
    else if (child.isDirectory()) {
      entries.push({ path: childPath, type: 'folder' });
      entries.push(...(await listFolder(root, childPath, rules)));
    }
    // Sockets, pipes and devices are of this machine's moment and cannot be shipped.
  }
  return entries;
}

/** Adds a folder's own rules, rewritten to start from the root: later rules win, so the innermost folder decides. */
async function withRulesOf(root: string, folder: string, { ignoreFile, matcher }: Rules): Promise<Rules> {
  let text: string;
  try {
    text = await readFile(path.join(root, folder, ignoreFile), 'utf8');
  } catch {
    return { ignoreFile, matcher };
  }
  const patterns = text.split(/\r?\n/).map((line) => fromRoot(line, folder));
  return { ignoreFile, matcher: ignore().add(matcher).add(patterns) };
}

function fromRoot(line: string, folder: string): string {
  if (folder === '' || line.trim() === '' || line.startsWith('#')) return line;
  const negated = line.startsWith('!') ? '!' : '';
  const pattern = line.slice(negated.length);
  // With a slash before its end a pattern is meant from the folder of its file, else for any depth below.
  const anchored = /\/(?=.)/.test(pattern.trimEnd());
  const base = folder.replace(/[\\*?[\]! #]/g, '\\$&');
  return `${negated}/${base}/${anchored ? pattern.replace(/^\//, '') : `**/${pattern}`}`;
}

/** Copies what `listSource` named into a new folder; a link that leaves the source is refused with its name. */
export async function copySource(source: string, target: string, entries: readonly SourceEntry[]): Promise<void> {
  await mkdir(target, { recursive: true });
  for (const entry of entries) {
    const from = path.join(source, entry.path);
    const to = path.join(target, entry.path);
    if (entry.type === 'folder') await mkdir(to);
    else if (entry.type === 'link') await symlink(await readInnerLink(source, entry.path), to);
    else await copyFile(from, to, constants.COPYFILE_FICLONE);
  }
}

/** The target of a link; throws `InvalidInput` when it leads out of the folder. */
export async function readInnerLink(folder: string, entryPath: string): Promise<string> {
  const target = await readlink(path.join(folder, entryPath));
  const fault = linkFault(entryPath, target);
  if (fault) throw failure('InvalidInput', `${fault}. Make it relative and inside, or list it in .f0ignore`);
  return target;
}
