import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fetch } from 'undici';
import type { FindOptions } from './executable';

/** Where the SDK downloads from; asked first, because its own download has no deadline behind a silent firewall. */
const source = 'https://temporal.download/cli/archive/latest?platform=linux&arch=amd64';

/** A server that the SDK downloaded before; null when there is none. */
export async function downloadedExecutable(cache: string): Promise<string | null> {
  const names = await readdir(folderOf(cache)).catch(() => [] as string[]);
  const name = names
    .filter((one) => one.startsWith('temporal-cli'))
    .sort()
    .at(-1);
  return name === undefined ? null : join(folderOf(cache), name);
}

/** Lets the SDK download its dev server into the cache. Throws when its host does not answer. */
export async function downloadBySdk({ cache, say }: FindOptions): Promise<string | null> {
  const answer = await fetch(source, { method: 'HEAD', signal: AbortSignal.timeout(5_000) });
  if (answer.status >= 400) throw new Error(`${new URL(source).host} answered ${answer.status}`);
  say(`Downloading Temporal into ${folderOf(cache)}`);
  const { TestWorkflowEnvironment } = await import('@temporalio/testing');
  // The SDK offers the download only together with a start; this one is ended at once.
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', downloadDir: folderOf(cache), ttl: '3650 days' } },
  });
  await environment.teardown();
  return downloadedExecutable(cache);
}

function folderOf(cache: string): string {
  return join(cache, 'temporal-sdk');
}
