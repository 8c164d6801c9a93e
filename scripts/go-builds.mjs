// Programs that the tests build from Go modules, once, into the cache folder.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cacheFolder } from './test-servers.mjs';

/** This machine cannot have it: no fault of ours, and the tests that need it are skipped. */
export class Unavailable extends Error {}

export const onPath = (command) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, command))
    .find(existsSync);

/** Long builds leave the machine to whoever works at it. */
export function go(args, options) {
  if (!onPath('go')) throw new Unavailable('there is no go command to build it with');
  const result = spawnSync('nice', ['-n', '10', 'go', ...args], {
    encoding: 'utf8',
    ...options,
    // A workspace or build flags of somebody's own project must not reach into ours.
    env: { ...process.env, GOWORK: 'off', GOFLAGS: '', ...options?.env },
  });
  if (result.status === 0) return result.stdout;
  const reason = result.error?.message ?? `it ended with ${result.status ?? result.signal}`;
  // `go mod download -json` gives its reason on standard output; of the other, hundreds of lines tell of downloads.
  const said = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-15).join('\n');
  throw new Error(`cannot run \`go ${args.slice(0, 2).join(' ')}\` for the tests: ${reason}\n${said}`);
}

/** A folder of the cache, made once by `make`, which gets a folder to fill; one that is there is whole. */
export function cached(name, what, make) {
  const folder = join(cacheFolder(), name);
  if (existsSync(folder)) return folder;
  const started = Date.now();
  const partial = `${folder}.${process.pid}.partial`;
  console.error(`${what} into ${folder}`);
  mkdirSync(partial, { recursive: true });
  try {
    make(partial);
    // Another process may have been faster: its files are the same.
    if (!existsSync(folder)) renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  console.error(`  done in ${Math.round((Date.now() - started) / 1000)} s`);
  return folder;
}

/**
 * What `ensure` answers; null, and the reason on standard error, where this machine cannot have it. Continuous
 * integration must have it: there it is an error.
 */
export function orSkipped(what, ensure) {
  try {
    return ensure();
  } catch (error) {
    if (!(error instanceof Unavailable) || process.env.CI) throw error;
    console.error(`${what}: ${error.message}; the tests that need it are skipped`);
    return null;
  }
}
