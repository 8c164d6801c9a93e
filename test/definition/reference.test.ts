import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '..', '..');

describe('docs/reference/language.md', () => {
  it('is what the schemas say now', () => {
    const generator = join(root, 'scripts', 'generate-reference.mjs');
    const typescript = join(root, 'test', 'support', 'typescript.cjs');
    const definition = join(root, 'src', 'definition', 'index.ts');

    const run = spawnSync(process.execPath, ['-r', typescript, generator, '--check', '--definition', definition], {
      encoding: 'utf8',
    });

    expect(run).toMatchObject({ status: 0, stderr: '' });
  });
});
