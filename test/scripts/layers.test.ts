import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const root = resolve(__dirname, '..', '..');
const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
let folder: string;

/** The rules of the project, without its ignore file: the temporary folder has none. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'f0-layers-'));
  const config = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'));
  const { $schema: _schema, vcs: _vcs, ...rules } = config;
  writeFileSync(join(folder, 'biome.json'), JSON.stringify(rules));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The rules that a file breaks. */
function broken(file: string, code: string): string[] {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), `${code}\n`);
  const { stdout } = spawnSync(process.execPath, [biome, 'lint', '--reporter=json', file], {
    cwd: folder,
    encoding: 'utf8',
  });
  rmSync(join(folder, file));
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { category: string }[] };
  return diagnostics.map(({ category }) => category.split('/').at(-1) ?? category);
}

const use = (from: string) => `import { x } from '${from}';\n\nx();`;

describe('the layers', () => {
  it.each([
    ['src/workflows/a.ts', use('../activities/audit')],
    ['src/workflows/a.ts', use('../client')],
    ['src/contracts/a.ts', use('../workflows/pipeline')],
    ['src/definition/a.ts', use('../database')],
    ['src/analytics/a.ts', use('../activities/metrics')],
    ['src/database/a.ts', use('../activities/audit')],
    ['src/activities/audit/a.ts', use('../../workers/config')],
    ['src/activities/audit/a.ts', use('../../embedded')],
    ['src/codec/a.ts', use('../client')],
    ['src/workers/a.ts', use('../client')],
    ['src/client/a.ts', use('../activities/deploy')],
    ['src/client/a.ts', use('../cli/io')],
    ['src/embedded/cluster/a.ts', use('../../cli/io')],
  ])('point one way: %s may not hold %j', (file, code) => {
    expect(broken(file, code)).toEqual(['noRestrictedImports']);
  });

  it.each(['workflows', 'contracts', 'definition', 'analytics'])('keep Node and the environment out of %s', (layer) => {
    expect(broken(`src/${layer}/a.ts`, use('node:fs'))).toEqual(['noNodejsModules']);
    expect(broken(`src/${layer}/a.ts`, 'export const home = process.env.HOME;')).toEqual(['noProcessEnv']);
  });

  it.each([
    ['src/workflows/a.ts', use('../contracts/activities')],
    ['src/workflows/a.ts', "import type { Store } from '../activities/artifacts/port';\n\nexport type Kept = Store;"],
    ['src/activities/audit/a.ts', use('@temporalio/client')],
    ['src/activities/build/a.ts', use('../artifacts')],
    ['src/workers/a.ts', use('../activities/audit')],
    ['src/client/a.ts', use('../codec')],
    ['src/cli/a.ts', use('../workers')],
    ['src/embedded/a.ts', use('../console')],
  ])('let through what is right: %s may hold %j', (file, code) => {
    expect(broken(file, code)).toEqual([]);
  });
});
