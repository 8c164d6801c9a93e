// The tools that deploy/ is tested with: Helm, and the linter of `docker build --check`. Prints the path of the one that
// is named, as JSON: node scripts/test-tools.mjs helm|dockerfile-lint
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cached, go, orSkipped } from './go-builds.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const linter = join(root, 'test', 'dockerfile');
const helmVersion = '4.3.1';
const stripped = ['-trimpath', '-ldflags=-s -w'];

/** Path of `helm`; null where it cannot be built. */
export function ensureHelm() {
  return orSkipped('helm', () => {
    const what = `building Helm ${helmVersion} (some 4 minutes on 2 cores when Go's own cache is empty)`;
    const folder = cached(`helm-${helmVersion}`, what, (partial) =>
      go(['install', ...stripped, `helm.sh/helm/v4/cmd/helm@v${helmVersion}`], {
        cwd: partial,
        env: { CGO_ENABLED: '0', GOBIN: join(partial, 'bin') },
      }),
    );
    return join(folder, 'bin', 'helm');
  });
}

/** Path of our linter of Dockerfiles; null where it cannot be built. */
export function ensureDockerfileLint() {
  return orSkipped('dockerfile-lint', () => {
    const files = ['go.mod', 'go.sum', 'main.go'].map((name) => readFileSync(join(linter, name)));
    const hash = createHash('sha256').update(Buffer.concat(files)).digest('hex').slice(0, 8);
    const folder = cached(`dockerfile-lint-${hash}`, 'building the linter of Dockerfiles', (partial) =>
      go(['build', '-buildvcs=false', ...stripped, '-o', join(partial, 'bin', 'dockerfile-lint'), '.'], {
        cwd: linter,
        env: { CGO_ENABLED: '0' },
      }),
    );
    return join(folder, 'bin', 'dockerfile-lint');
  });
}

const tools = { helm: ensureHelm, 'dockerfile-lint': ensureDockerfileLint };

/** The paths of all, by name. */
export function ensureTools() {
  return Object.fromEntries(Object.entries(tools).map(([name, ensure]) => [name, ensure()]));
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const ensure = tools[process.argv[2]];
  try {
    if (!ensure) throw new Error(`usage: node scripts/test-tools.mjs ${Object.keys(tools).join('|')}`);
    console.log(JSON.stringify(ensure()));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
