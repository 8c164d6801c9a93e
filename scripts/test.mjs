// npm test: lint and types, then all tests; the last line sums them up. `npm test -- PATTERN` runs the matching test
// files alone. Needs what `npm ci` leaves; the Temporal test servers are installed, and Kubernetes is built for the test
// clusters, when they are not there.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureClusterTools } from './test-clusters.mjs';
import { ensureTestServers } from './test-servers.mjs';
import { ensureTools } from './test-tools.mjs';

const require = createRequire(import.meta.url);
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const patterns = process.argv.slice(2);
const results = [];

/** A tool of node_modules, by the file that its package runs. */
const tool = (packageName, file) => join(dirname(require.resolve(`${packageName}/package.json`)), file);

function run(script, args, env = process.env) {
  return spawnSync(process.execPath, [script, ...args], { cwd: root, env, stdio: 'inherit' }).status === 0;
}

/** Counts as one test. */
function check(name, script, args) {
  console.log(`\n== ${name}`);
  const passed = run(script, args);
  results.push({ name, passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 });
}

function jest(name, args, env) {
  console.log(`\n== ${name}`);
  const folder = mkdtempSync(join(tmpdir(), 'f0-test-'));
  const outputFile = join(folder, 'result.json');
  const shared = ['--json', `--outputFile=${outputFile}`, '--passWithNoTests'];
  const succeeded = run(tool('jest', 'bin/jest.js'), [...args, ...shared, ...patterns], env);
  let counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    const result = JSON.parse(readFileSync(outputFile, 'utf8'));
    counts = {
      passed: result.numPassedTests,
      // A file that could not even be loaded has no tests to fail.
      failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
      skipped: result.numPendingTests + result.numTodoTests,
    };
  } catch {
    // It ended before it could write a result: the failure is counted below.
  }
  if (!succeeded && counts.failed === 0) counts.failed = 1;
  results.push({ name, ...counts });
  rmSync(folder, { recursive: true, force: true });
}

const newest = (folder) =>
  Math.max(
    ...readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  );

/** The end-to-end tests run what is built. */
function builtIsStale() {
  const bundle = statSync(join(root, 'dist', 'workflow-bundle.js'), { throwIfNoEntry: false });
  return !bundle || bundle.mtimeMs < newest(join(root, 'src'));
}

/**
 * What somebody has set for their own system must not reach into the tests; the cache of downloads may, and the clusters
 * that they name for the tests.
 */
function testEnvironment(servers) {
  const own = Object.entries(process.env).filter(
    ([name]) =>
      ['F0_CACHE', 'F0_TEST_KUBECONFIG'].includes(name) ||
      !/^(F0|TEMPORAL|OTEL|PG)_|^PG[A-Z]+$|^(DATABASE_URL|KUBECONFIG)$/.test(name),
  );
  return {
    ...Object.fromEntries(own),
    F0_TEST_SERVERS: JSON.stringify(servers),
    PATH: [process.env.PATH, dirname(servers.temporal)].join(delimiter),
    NODE_OPTIONS: process.env.NODE_OPTIONS ?? '',
  };
}

/** Built before the tests run beside each other; single test files ask for what they need themselves. */
function deployTools() {
  if (patterns.length > 0) return {};
  try {
    return { F0_TEST_TOOLS: JSON.stringify(ensureTools()) };
  } catch (error) {
    // The tests that need it ask again, and fail with that reason.
    console.error(error.message);
    return {};
  }
}

/** One after the other too: they share two clusters and the machine. */
function kubernetes(env) {
  const name = 'tests on Kubernetes';
  const args = ['--selectProjects', 'kubernetes', '--runInBand'];
  // Asked first: a pattern that means none of these tests must not cost the minutes of a build.
  if (patterns.length > 0 && !listsTests(args, env)) return;
  let tools = null;
  try {
    if (!env.F0_TEST_KUBECONFIG) tools = ensureClusterTools();
  } catch (error) {
    console.error(error.message);
    results.push({ name, passed: 0, failed: 1, skipped: 0 });
    return;
  }
  jest(name, args, { ...env, F0_TEST_CLUSTER_TOOLS: JSON.stringify(tools) });
}

/** In Debian's Chromium; without it they are skipped, and say so. */
function browser(env) {
  const args = ['--selectProjects', 'browser', '--runInBand'];
  if (patterns.length > 0 && !listsTests(args, env)) return;
  spawnSync('sh', [join(root, 'scripts', 'install-debian.sh'), 'chromium'], { cwd: root, stdio: 'inherit' });
  jest('tests in a browser', args, env);
}

function listsTests(args, env) {
  const options = { cwd: root, env, encoding: 'utf8' };
  const listed = spawnSync(
    process.execPath,
    [tool('jest', 'bin/jest.js'), ...args, '--listTests', ...patterns],
    options,
  );
  return listed.stdout.trim() !== '';
}

function main() {
  if (patterns.length === 0) {
    check('lint and format', tool('@biomejs/biome', 'bin/biome'), ['check', '.']);
    check('types', tool('typescript', 'bin/tsc'), ['--noEmit']);
    for (const page of ['src/console/web', 'test/console/web']) {
      check(`types of ${page}`, tool('typescript', 'bin/tsc'), ['--noEmit', '-p', page]);
    }
  }
  if (builtIsStale()) check('build', join(root, 'scripts', 'build.mjs'), []);
  const env = { ...testEnvironment(ensureTestServers()), ...deployTools() };
  jest('unit and workflow tests', ['--selectProjects', 'unit', 'workflow', '--maxWorkers=2'], env);
  browser(env);
  // One after the other: they measure times, and each starts a whole system.
  jest('end-to-end tests', ['--selectProjects', 'e2e', '--runInBand'], env);
  kubernetes(env);

  console.log();
  for (const { name, passed, failed, skipped } of results) {
    const note = skipped > 0 ? `, ${skipped} skipped (this machine lacks what they need)` : '';
    console.log(`${name}: ${passed} passed, ${failed} failed${note}`);
  }
  const sum = (field) => results.reduce((total, result) => total + result[field], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  process.exitCode = sum('failed') === 0 ? 0 : 1;
}

main();
