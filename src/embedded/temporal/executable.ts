import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

export interface FindOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cache: string;
  readonly say: (message: string) => void;
}

export interface TemporalExecutable {
  readonly path: string;
  /** How it was found, for people. */
  readonly origin: 'path' | 'cache' | 'sdk' | 'wheel';
  readonly version: string;
}

/** Update-with-start, which environments are told their first words by, is in every server from here on. */
const leastServer = [1, 28] as const;

const run = promisify(execFile);

/** The answer of `temporal --version`; null when it is no Temporal command, or its server is too old. */
export async function versionOf(path: string): Promise<string | null> {
  const stdout = await run(path, ['--version'], { timeout: 15_000 }).then(
    (answer) => answer.stdout,
    () => '',
  );
  const found = /Server (\d+)\.(\d+)/.exec(stdout);
  const [major, minor] = [Number(found?.[1] ?? 0), Number(found?.[2] ?? 0)];
  const enough = major > leastServer[0] || (major === leastServer[0] && minor >= leastServer[1]);
  return enough ? stdout.trim().replace(/^temporal version /, '') : null;
}

/** The executable if it is one, and new enough. */
export async function tryExecutable(
  path: string,
  origin: TemporalExecutable['origin'],
): Promise<TemporalExecutable | null> {
  const version = (await isExecutable(path)) ? await versionOf(path) : null;
  return version === null ? null : { path, origin, version };
}

export async function onPath(command: string, path: string): Promise<string | null> {
  for (const folder of path.split(delimiter)) {
    const candidate = join(folder, process.platform === 'win32' ? `${command}.exe` : command);
    if (folder !== '' && (await isExecutable(candidate))) return candidate;
  }
  return null;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
