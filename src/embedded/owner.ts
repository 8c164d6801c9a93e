import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import writeFileAtomic from 'write-file-atomic';
import type { Home } from './home';
import { identityOf, isAlive, type ProcessIdentity } from './process-identity';

// One process owns a home: it alone opens the database. The owner is named by a file, and the file counts only while that
// very process lives: after a `kill -9` the next one takes over at once, with no time-out to wait for.

/** The process that runs the system of this home; null when none does. */
export function ownerOf(home: Home): ProcessIdentity | null {
  try {
    const owner = JSON.parse(readFileSync(ownerFile(home), 'utf8')) as ProcessIdentity;
    return isAlive(owner) ? owner : null;
  } catch {
    return null;
  }
}

/** Makes this process the owner, unless another one is: then that one is the answer. */
export async function claimHome(home: Home): Promise<ProcessIdentity | null> {
  mkdirSync(home.root, { recursive: true, mode: 0o700 });
  // The lock guards the few moments between looking and writing only.
  const unlock = await lock(ownerFile(home), {
    realpath: false,
    retries: { retries: 100, minTimeout: 50, maxTimeout: 200 },
  });
  try {
    const other = ownerOf(home);
    if (other) return other;
    writeFileAtomic.sync(ownerFile(home), JSON.stringify(identityOf(process.pid)), { mode: 0o600 });
    return null;
  } finally {
    await unlock();
  }
}

export function releaseHome(home: Home): void {
  if (ownerOf(home)?.pid === process.pid) rmSync(ownerFile(home), { force: true });
}

function ownerFile(home: Home): string {
  return join(home.root, 'owner.json');
}
