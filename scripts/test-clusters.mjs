// What the test clusters are made of: Kubernetes and etcd built from their Go modules, kwok (fake kubelets), and the custom
// resources of the routers. All of it is kept in the cache folder by version. Prints its paths as JSON.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from './test-servers.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const source = join(root, 'test', 'cluster');

const kubernetesVersion = '1.36.3';
const kwok = 'sigs.k8s.io/kwok@v0.8.0';
const kwokStages = ['node/fast', 'node/heartbeat', 'pod/fast'];
// The newest for Go 1.26, which is what Kubernetes itself asks for.
const gatewayApi = 'sigs.k8s.io/gateway-api@v1.6.3';
const istioApi = 'istio.io/api@v1.31.4';

/** This machine cannot have it: no fault of ours, and the tests that need it are skipped. */
class Unavailable extends Error {}

const onPath = (command) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, command))
    .find(existsSync);

/** Long builds leave the machine to whoever works at it. */
function go(args, options) {
  if (!onPath('go')) throw new Unavailable('there is no go command to build Kubernetes with');
  const [command, first] = process.platform === 'win32' ? ['go', []] : ['nice', ['-n', '10', 'go']];
  const result = spawnSync(command, [...first, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 2],
    ...options,
    // A workspace or build flags of somebody's own project must not reach into ours.
    env: { ...process.env, GOWORK: 'off', GOFLAGS: '', ...options?.env },
  });
  if (result.status === 0) return result.stdout;
  const reason = result.error?.message ?? `it ended with ${result.status ?? result.signal}`;
  throw new Error(`cannot run \`go ${args.slice(0, 2).join(' ')}\` for the test clusters: ${reason}`);
}

/** The files of a module, in Go's read-only module cache. */
function moduleFolder(module) {
  // Outside of any module, so that no go.mod has a say.
  return JSON.parse(go(['mod', 'download', '-json', module], { cwd: cacheFolder() })).Dir;
}

/** A folder of the cache, made once by `make`, which gets a folder to fill; one that is there is whole. */
function cached(name, what, make) {
  const folder = join(cacheFolder(), name);
  if (existsSync(folder)) return folder;
  const started = Date.now();
  const partial = `${folder}.${process.pid}.partial`;
  console.error(`${what} into ${folder}`);
  mkdirSync(partial, { recursive: true });
  try {
    make(partial);
    // Another process may have been faster: its files are the same.
    if (!existsSync(folder)) renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  console.error(`  done in ${Math.round((Date.now() - started) / 1000)} s`);
  return folder;
}

function ensureKubernetes() {
  const files = ['go.mod', 'go.sum', 'main.go'].map((name) => readFileSync(join(source, name)));
  const hash = createHash('sha256').update(Buffer.concat(files)).digest('hex').slice(0, 8);
  const what = `building Kubernetes ${kubernetesVersion} (some 6 minutes on 2 cores when Go's own cache is empty)`;
  const folder = cached(`kubernetes-${kubernetesVersion}-${hash}`, what, (partial) => {
    const [major, minor] = kubernetesVersion.split('.');
    const version = { gitVersion: `v${kubernetesVersion}`, gitMajor: major, gitMinor: minor };
    const stamps = Object.entries(version).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
    const output = join(partial, 'kubernetes');
    go(['build', '-buildvcs=false', '-ldflags', ['-s -w', ...stamps].join(' '), '-o', output, '.'], { cwd: source });
    mkdirSync(join(partial, 'bin'));
    for (const command of ['etcd', 'kubectl']) symlinkSync(join('..', 'kubernetes'), join(partial, 'bin', command));
  });
  const [etcd, kubectl] = ['etcd', 'kubectl'].map((command) => join(folder, 'bin', command));
  return { kubernetes: join(folder, 'kubernetes'), etcd, kubectl };
}

function ensureKwok() {
  const folder = cached(kwok.replace(/.*\/(.+)@v/, '$1-'), `building ${kwok}`, (partial) => {
    go(['install', kwok.replace('@', '/cmd/kwok@')], { cwd: partial, env: { GOBIN: partial } });
    const files = moduleFolder(kwok);
    for (const stages of kwokStages) {
      cpSync(join(files, 'kustomize', 'stage', stages), join(partial, 'stages', stages), { recursive: true });
    }
  });
  return { kwok: join(folder, 'kwok'), kwokStages: join(folder, 'stages') };
}

function ensureRouterResources() {
  const gateway = cached(gatewayApi.replace(/.*\/(.+)@v/, '$1-'), `copying the resources of ${gatewayApi}`, (partial) =>
    cpSync(join(moduleFolder(gatewayApi), 'config', 'crd', 'standard'), partial, { recursive: true }),
  );
  const istio = cached(istioApi.replace('.io/api@v', '-api-'), `copying the resources of ${istioApi}`, (partial) =>
    cpSync(join(moduleFolder(istioApi), 'kubernetes'), partial, { recursive: true }),
  );
  return { gatewayApi: gateway, istioApi: join(istio, 'customresourcedefinitions.gen.yaml') };
}

/**
 * Paths of all of it, built or installed if need be; null, and the reason on standard error, where this machine cannot
 * have it. Continuous integration must have it: there it is an error.
 */
export function ensureClusterTools() {
  try {
    mkdirSync(cacheFolder(), { recursive: true });
    return { ...ensureKwok(), ...ensureKubernetes(), ...ensureRouterResources() };
  } catch (error) {
    if (!(error instanceof Unavailable) || process.env.CI) throw error;
    console.error(`test-clusters: ${error.message}; the tests that need a Kubernetes cluster are skipped`);
    return null;
  }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    console.log(JSON.stringify(ensureClusterTools()));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
