import { mkdir, mkdtemp, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import getPort from 'get-port';
import { gte } from 'semver';
import { homeOf } from '../../embedded/home';
import { runningSystem } from '../../embedded/system-state';
import { type Check, failed, fine, warning } from './check';

const leastNode = '20.19.0';
const gib = 1024 ** 3;

export const node: Check = async () => {
  const { node: version } = process.versions;
  if (gte(version, leastNode)) return fine('node', version);
  return failed('node', version, `install Node ${leastNode} or later`);
};

export const disk: Check = async ({ io, homeOption }) => {
  const { root } = homeOf(io.env, homeOption);
  await mkdir(root, { recursive: true, mode: 0o700 });
  const { bavail, bsize } = await statfs(root);
  const free = bavail * bsize;
  const found = `${(free / gib).toFixed(1)} GiB free at ${root}`;
  if (free < gib / 4) return failed('disk', found, 'free some space, or set F0_HOME to a folder on another disk');
  if (free < 2 * gib) return warning('disk', found, 'artifacts and logs want 2 GiB or more');
  return fine('disk', found);
};

/** Timers, approvals and freezes go by the clock; a folder on another machine shows when the two disagree. */
export const clock: Check = async ({ io, homeOption }) => {
  const { root } = homeOf(io.env, homeOption);
  const folder = await mkdtemp(join(root, 'doctor-'));
  try {
    const before = Date.now();
    await writeFile(join(folder, 'now'), '');
    const { mtimeMs } = await stat(join(folder, 'now'));
    const apartSeconds = Math.abs(mtimeMs - before) / 1000;
    const found = `${new Date(before).toISOString()}, ${apartSeconds.toFixed(1)} s from the file system's`;
    if (apartSeconds > 30) return failed('clock', found, 'set the clock of this machine (NTP)');
    if (apartSeconds > 2) return warning('clock', found, 'freezes and expiries may be off by that much: use NTP');
    return fine('clock', found);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** 7233 and 8233 are what other programs expect of Temporal; any others will do. */
export const ports: Check = async ({ io, homeOption }) => {
  const system = runningSystem(homeOf(io.env, homeOption));
  if (system) return fine('ports', `in use by the running system: ${system.temporal.address}, ${system.api.url}`);
  const taken: number[] = [];
  for (const port of [7233, 8233]) {
    if ((await getPort({ host: '127.0.0.1', port })) !== port) taken.push(port);
  }
  if (taken.length === 0) return fine('ports', '7233 and 8233 are free');
  return warning(
    'ports',
    `${taken.join(' and ')} taken by another program`,
    'nothing: `f0 up` takes other ports, and says which',
  );
};
