import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { failure } from '../../contracts/errors';

/** One package that npm's lock file pins. */
export interface LockedPackage {
  /** Where it is installed: `node_modules/a/node_modules/b`; a workspace's own folder. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly resolved: string | null;
  /** Subresource integrity, `sha512-<base64>`. */
  readonly integrity: string | null;
  readonly license: string | null;
  /** `dev`: not needed at run time; `optional`: may be missing. */
  readonly scope: 'required' | 'optional' | 'dev';
  /** Paths of what it depends on. */
  readonly dependencies: readonly string[];
}

export interface LockFile {
  readonly packages: readonly LockedPackage[];
  /** Paths of what the app itself depends on. */
  readonly direct: readonly string[];
}

const names = z.record(z.string(), z.string()).optional();
const lockSchema = z.object({
  lockfileVersion: z.number(),
  packages: z
    .record(
      z.string(),
      z.object({
        name: z.string().optional(),
        version: z.string().optional(),
        resolved: z.string().optional(),
        integrity: z.string().optional(),
        license: z.unknown().optional(),
        link: z.boolean().optional(),
        dev: z.boolean().optional(),
        optional: z.boolean().optional(),
        devOptional: z.boolean().optional(),
        dependencies: names,
        devDependencies: names,
        optionalDependencies: names,
      }),
    )
    .optional(),
});
type Entry = NonNullable<z.infer<typeof lockSchema>['packages']>[string];

/** Reads `package-lock.json` (version 2 or 3); null when there is none. Throws `InvalidInput` for one that is broken. */
export async function readLockFile(folder: string): Promise<LockFile | null> {
  let text: string;
  try {
    text = await readFile(path.join(folder, 'package-lock.json'), 'utf8');
  } catch {
    return null;
  }
  const entries = parseLock(text);
  const packages = Object.entries(entries).flatMap(([installed, entry]) => {
    if (installed === '' || entry.link || entry.version === undefined) return [];
    return [toPackage(installed, entry, entry.version, entries)];
  });
  const root = entries[''] ?? {};
  return { packages, direct: resolveAll('', { ...root.devDependencies, ...allOf(root) }, entries) };
}

function parseLock(text: string): Readonly<Record<string, Entry>> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw failure('InvalidInput', `package-lock.json is not JSON: ${(error as Error).message}`, { cause: error });
  }
  const parsed = lockSchema.safeParse(json);
  if (!parsed.success) {
    throw failure('InvalidInput', `package-lock.json is not a lock file of npm: ${z.prettifyError(parsed.error)}`);
  }
  const { lockfileVersion, packages } = parsed.data;
  if (!packages) {
    throw failure(
      'InvalidInput',
      `package-lock.json has version ${lockfileVersion}; 2 or 3 was expected. Run "npm install --package-lock-only" with npm 7 or newer`,
    );
  }
  return packages;
}

function toPackage(
  installed: string,
  entry: Entry,
  version: string,
  entries: Readonly<Record<string, Entry>>,
): LockedPackage {
  return {
    path: installed,
    name: entry.name ?? installed.slice(installed.lastIndexOf('node_modules/')).replace('node_modules/', ''),
    version,
    resolved: entry.resolved ?? null,
    integrity: entry.integrity ?? null,
    license: typeof entry.license === 'string' ? entry.license : null,
    scope: entry.dev || entry.devOptional ? 'dev' : entry.optional ? 'optional' : 'required',
    dependencies: resolveAll(installed, allOf(entry), entries),
  };
}

function allOf(entry: Entry): Record<string, string> {
  return { ...entry.dependencies, ...entry.optionalDependencies };
}

/** As Node resolves: the nearest `node_modules` upwards that has it. What is not installed (optional) is left out. */
function resolveAll(
  from: string,
  wanted: Readonly<Record<string, string>>,
  entries: Readonly<Record<string, Entry>>,
): string[] {
  return Object.keys(wanted).flatMap((name) => {
    for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
      const candidate = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
      const entry = entries[candidate];
      if (entry) return [entry.link ? (entry.resolved ?? candidate) : candidate];
      if (folder === '') return [];
    }
  });
}
