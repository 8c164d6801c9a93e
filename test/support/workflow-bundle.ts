import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { lock } from 'proper-lockfile';

const root = resolve(__dirname, '..', '..');
const cache = join(root, 'node_modules', '.cache', 'framework0');
const script = join(root, 'scripts', 'bundle-workflows.mjs');
const interceptors = join(root, 'src', 'tracing', 'workflow-interceptors.ts');
const failureConverter = join(root, 'src', 'codec', 'failure-converter.ts');

/** What a bundle can be made of: a change in any of these files makes a new one. */
const sources = ['workflows', 'contracts', 'definition', 'analytics', 'activities'].map((name) =>
  join(root, 'src', name),
);

function fingerprint(workflowsPath: string, variant: string): string {
  const hash = createHash('sha256').update(variant);
  const files = [workflowsPath, script, interceptors, failureConverter, join(root, 'package-lock.json')];
  for (const folder of sources.filter((path) => existsSync(path))) {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    files.push(...names.sort().map((name) => join(folder, name)));
  }
  for (const file of files) hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex').slice(0, 16);
}

/**
 * The bundle of src/workflows (or of a test's own workflows file), for `workflowBundle: { codePath }` of a worker.
 * Made once for all test files and kept until a source changes, so only the first test after a change waits for it.
 */
export async function workflowBundle(
  workflowsPath = join(root, 'src', 'workflows', 'index.ts'),
  variant: 'plain' | 'encrypted' = 'plain',
): Promise<{ readonly codePath: string }> {
  const codePath = join(cache, `workflows-${fingerprint(workflowsPath, variant)}.js`);
  if (existsSync(codePath)) return { codePath };
  mkdirSync(cache, { recursive: true });
  const release = await lock(cache, { retries: { retries: 600, minTimeout: 100, maxTimeout: 100 } });
  try {
    // In a process of its own: webpack does not belong into each test's memory, nor under jest's loader.
    const bundle = [script, workflowsPath, interceptors, codePath];
    if (variant === 'encrypted') bundle.push(failureConverter);
    if (!existsSync(codePath)) await promisify(execFile)(process.execPath, bundle);
  } finally {
    await release();
  }
  return { codePath };
}
