/** Reading one commit takes milliseconds; a repository on a file system that hangs must not hold a build. */
const timeoutMs = 10_000;

/**
 * ISO-8601: when the newest commit that touches `source` was made; null where the folder is in no Git repository, or no
 * Git is there to tell. The lead time for changes begins here.
 */
export async function commitTimeOf(source: string, signal: AbortSignal): Promise<string | null> {
  const { execa } = await import('execa');
  const { failed, stdout } = await execa('git', ['log', '-1', '--format=%cI', '--', '.'], {
    cwd: source,
    stdin: 'ignore',
    timeout: timeoutMs,
    cancelSignal: signal,
    reject: false,
  });
  signal.throwIfAborted();
  const at = failed ? Number.NaN : Date.parse(stdout.trim());
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}
