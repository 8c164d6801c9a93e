import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const folder = join(__dirname, '../../src/definition');

/** The packages that a module pulls in when it is loaded, through its own imports of values. */
function packagesOf(file: string, seen = new Set<string>()): Set<string> {
  const packages = new Set<string>();
  if (seen.has(file)) return packages;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, what = '', from = ''] of text.matchAll(
    /^(?:import|export)\s+((?:type\s)?[^;]*?)\s*from '([^']+)'/gms,
  )) {
    if (what.startsWith('type ')) continue;
    if (!from.startsWith('.')) packages.add(from);
    else {
      const path = [`${join(dirname(file), from)}.ts`, join(dirname(file), from, 'index.ts')].find(existsSync);
      if (path) for (const one of packagesOf(path, seen)) packages.add(one);
    }
  }
  return packages;
}

describe('what workflows import of the language', () => {
  const cases = [
    ['release-plan', []],
    ['condition', []],
    ['strategies', []],
    ['step-title', []],
    ['region-plans', []],
    ['previewed-stages', []],
    ['time-scale', []],
    ['duration', []],
    ['freeze', ['rrule']],
    ['hash', ['@noble/hashes/sha2', '@noble/hashes/utils', 'canonicalize']],
  ] as const;
  it.each(cases)('%s brings no parser along', (module, expected) => {
    expect([...packagesOf(join(folder, `${module}.ts`))].sort()).toEqual([...expected]);
  });

  it('is free of what a workflow may not have, as a whole', () => {
    expect([...packagesOf(join(folder, 'index.ts'))].sort()).toEqual([
      '@marcbachmann/cel-js',
      '@noble/hashes/sha2',
      '@noble/hashes/utils',
      '@scure/base',
      'canonicalize',
      'fastest-levenshtein',
      'rrule',
      'yaml',
      'zod',
    ]);
  });
});
