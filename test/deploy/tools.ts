import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';

export const root = resolve(__dirname, '..', '..');
export const chart = join(root, 'deploy', 'helm', 'framework0');

type Tool = 'helm' | 'dockerfile-lint';

/**
 * Where it is, built if need be; null, and a reason on standard error, where this machine cannot have it. `npm test` has
 * asked already and passes the answers on.
 */
export function toolPath(name: Tool): string | null {
  const known = process.env.F0_TEST_TOOLS;
  if (known) return (JSON.parse(known) as Readonly<Record<Tool, string | null>>)[name];
  const script = join(root, 'scripts', 'test-tools.mjs');
  const answer = execFileSync(process.execPath, [script, name], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(answer) as string | null;
}

/** A suite that needs a tool; skipped where there is none (see `toolPath`). */
export function describeWith(name: Tool, title: string, suite: (path: string) => void): void {
  const path = toolPath(name);
  if (path === null) describe.skip(`${title} (no ${name} here)`, () => suite(''));
  else describe(title, () => suite(path));
}
