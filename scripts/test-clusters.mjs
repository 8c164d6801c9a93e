// What the test clusters are made of: Kubernetes and etcd built from their Go modules, kwok (fake kubelets), and the custom
// resources of the routers. All of it is kept in the cache folder by version. Prints its paths as JSON.
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cached, go, orSkipped } from './go-builds.mjs';
import { cacheFolder } from './test-servers.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const source = join(root, 'test', 'cluster');

const kubernetesVersion = '1.36.3';
const kwok = 'sigs.k8s.io/kwok@v0.8.0';
const kwokStages = ['node/fast', 'node/heartbeat', 'pod/fast'];
// The newest for Go 1.26, which is what Kubernetes itself asks for.
const gatewayApi = 'sigs.k8s.io/gateway-api@v1.6.3';
const istioApi = 'istio.io/api@v1.31.4';

/** The files of a module, in Go's read-only module cache. */
function moduleFolder(module) {
  // Outside of any module, so that no go.mod has a say.
  return JSON.parse(go(['mod', 'download', '-json', module], { cwd: cacheFolder() })).Dir;
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
  return orSkipped('test-clusters', () => {
    mkdirSync(cacheFolder(), { recursive: true });
    return { ...ensureKwok(), ...ensureKubernetes(), ...ensureRouterResources() };
  });
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    console.log(JSON.stringify(ensureClusterTools()));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
