// Compiles the benchmarks together with the sources they measure, to dist-bench/: the same code, in the same layout.
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflows } from './bundle-workflows.mjs';

const require = createRequire(import.meta.url);
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const out = join(root, 'dist-bench');

function run(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

run(join(root, 'scripts', 'build.mjs'));
rmSync(out, { recursive: true, force: true });
run(join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc'), '-p', 'tsconfig.bench.json');
mkdirSync(join(out, 'src'), { recursive: true });
copyFileSync(join(root, 'dist', 'workflow-bundle.js'), join(out, 'src', 'workflow-bundle.js'));
await bundleWorkflows({
  workflowsPath: join(out, 'bench', 'workflows.js'),
  interceptorsPath: join(out, 'src', 'tracing', 'workflow-interceptors.js'),
  outFile: join(out, 'bench', 'workflow-bundle.js'),
});
// What the demo's parts, and the console, read beside the code.
copyFileSync(join(root, 'package.json'), join(out, 'package.json'));
cpSync(join(root, 'examples'), join(out, 'examples'), { recursive: true });
