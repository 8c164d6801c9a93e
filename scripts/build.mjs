// npm run build: compiles src/ to dist/, copies what is not TypeScript, bundles the workflows (twice: for workers that
// encrypt payloads, and for those that do not), and builds the console's page. Also runs in `npm ci`.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflows } from './bundle-workflows.mjs';

const require = createRequire(import.meta.url);
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const src = join(root, 'src');
const dist = join(root, 'dist');
/** The page, built by Vite and not by the compiler. */
const page = join('console', 'web');
const isOfPage = (file) => file.startsWith(join(page, sep));

function filesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

function compile() {
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' });
  if (status !== 0) throw new Error('the TypeScript compiler found errors: they are listed above');
}

/** Everything else in src/ (SQL, HTML, styles, JSON that is read at run time) goes beside the code that reads it. */
function copyAssets() {
  for (const file of filesIn(src).filter((name) => !/\.tsx?$/.test(name) && !isOfPage(name))) {
    mkdirSync(dirname(join(dist, file)), { recursive: true });
    copyFileSync(join(src, file), join(dist, file));
  }
}

/** What was compiled from a file that is gone: it would still be required, packed and found by name. */
function prune() {
  const sources = new Set(filesIn(src));
  for (const file of filesIn(dist).filter((name) => !isOfPage(name))) {
    const source = file.replace(/\.(js|d\.ts)(\.map)?$/, '.ts');
    if (!sources.has(source) && !sources.has(file) && !Object.values(bundles).includes(file)) rmSync(join(dist, file));
  }
}

/** Loaded here: who builds without the page's tools still sees what is missing, and not only that something is. */
async function buildPage() {
  const { build } = await import('vite');
  await build({ configFile: join(src, page, 'vite.config.mts'), logLevel: 'warn' });
}

const bundles = { plain: 'workflow-bundle.js', encrypted: 'workflow-bundle.encrypted.js' };
const startedAt = Date.now();
try {
  compile();
  copyAssets();
  prune();
  const workflows = {
    workflowsPath: join(dist, 'workflows', 'index.js'),
    interceptorsPath: join(dist, 'tracing', 'workflow-interceptors.js'),
  };
  await bundleWorkflows({ ...workflows, outFile: join(dist, bundles.plain) });
  const failureConverterPath = join(dist, 'codec', 'failure-converter.js');
  await bundleWorkflows({ ...workflows, failureConverterPath, outFile: join(dist, bundles.encrypted) });
  await buildPage();
  console.log(`built dist/ in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
} catch (error) {
  console.error(`build failed: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
