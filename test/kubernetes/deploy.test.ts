import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chart, root, toolPath } from '../deploy/tools';
import { until } from '../support/wait-for';
import { installGatewayApi, installIstioApi } from './support/router-resources';
import { describeTestCluster, useCluster } from './support/use-cluster';

jest.setTimeout(180_000);

const helm = toolPath('helm');
// Where there are clusters there is Go, and so there is Helm.
const describeChart: typeof describeTestCluster = helm ? describeTestCluster : describe.skip;

const pools = ['worker', 'deploy', 'observer', 'operate'];

interface Slice {
  readonly endpoints: readonly { readonly targetRef: { readonly name: string } }[];
}

interface Deployment {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
  readonly status: { readonly readyReplicas?: number };
}

describeChart('the chart in a cluster', () => {
  // One of its own: the kinds of the routers belong to a whole cluster, and the manifests have fixed names.
  const cluster = useCluster('chart');
  let system: string;
  let shop: string;
  let other: string;

  const namespace = (name: string, labels: Readonly<Record<string, string>> = {}) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels },
  });
  const restricted = { 'pod-security.kubernetes.io/enforce': 'restricted' };

  /** What the storage of a real cluster would provide when it is asked. */
  const volume = (name: string) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      capacity: { storage: '20Gi' },
      accessModes: ['ReadWriteMany'],
      storageClassName: name,
      nfs: { server: 'nfs.example', path: '/artifacts' },
    },
  });

  const values = () => ({
    temporal: { address: 'temporal-frontend.temporal:7233' },
    database: { existingSecret: 'framework0-database' },
    artifacts: { storageClassName: system },
    targets: { namespaces: [shop], routers: ['gateway'] },
    console: {
      enabled: true,
      platform: { existingConfigMap: 'framework0-platform' },
      publicUrl: 'https://console.example',
      ingress: { enabled: true },
    },
    networkPolicy: { consoleFrom: [{ namespaceSelector: {} }] },
  });

  async function runHelm(args: readonly string[], input: object | null = null): Promise<string> {
    const file = input === null ? [] : ['--values', '-'];
    const running = promisify(execFile)(helm ?? '', [...args, ...file, '--kubeconfig', cluster.kubeconfig], {
      maxBuffer: 16 * 1024 * 1024,
    });
    running.child.stdin?.end(JSON.stringify(input));
    return (await running).stdout;
  }
  const release = (verb: string, ...more: readonly string[]) =>
    [verb, 'f0', ...more, '--namespace', system, '--wait', '--timeout', '120s'] as const;

  const deploymentsIn = async (where: string): Promise<readonly Deployment[]> =>
    JSON.parse(await cluster.kubectl('get', 'deployments', '--namespace', where, '--output', 'json')).items;
  const readyIn = async (where: string) =>
    Object.fromEntries(
      (await deploymentsIn(where)).map(({ metadata, status }) => [metadata.name, status.readyReplicas]),
    );
  const imagesIn = async (where: string) =>
    new Set((await deploymentsIn(where)).map(({ spec }) => spec.template.spec.containers[0]?.image.replace(/.*:/, '')));

  const mayI = async (account: string, verb: string, resource: string, where: string): Promise<string> =>
    cluster
      .kubectl(
        'auth',
        'can-i',
        verb,
        resource,
        '--namespace',
        where,
        '--as',
        `system:serviceaccount:${system}:${account}`,
      )
      // It ends with 1 when the answer is no.
      .catch((error: { readonly stdout?: string }) => (error.stdout ?? '').trim());

  beforeAll(async () => {
    system = `${cluster.namespace}-system`;
    shop = `${cluster.namespace}-shop`;
    other = `${cluster.namespace}-other`;
    await cluster.apply(namespace(system, restricted), namespace(shop), namespace(other), volume(system));
    await Promise.all([installGatewayApi(cluster), installIstioApi(cluster)]);
  });

  it('is refused with all its faults, and nothing of it applied', async () => {
    await expect(runHelm(release('install', chart), {})).rejects.toThrow(
      /temporal\.address is empty[\s\S]*pools\.worker/,
    );
    expect(await deploymentsIn(system)).toEqual([]);
  });

  it('becomes ready in a namespace that takes restricted pods alone', async () => {
    await runHelm(release('install', chart), values());
    await cluster.kubectl(
      'wait',
      'deployment',
      '--all',
      '--for=condition=Available',
      '--namespace',
      system,
      '--timeout=60s',
    );

    expect(await readyIn(system)).toEqual({
      'f0-framework0-worker': 5,
      'f0-framework0-deploy': 2,
      'f0-framework0-observer': 2,
      'f0-framework0-operate': 2,
      'f0-framework0-console': 2,
    });
    const lax = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'lax', namespace: system },
      spec: { containers: [{ name: 'lax', image: 'busybox' }] },
    };
    await expect(cluster.apply(lax)).rejects.toThrow(/violates PodSecurity "restricted/);
  });

  it('leads from the host of the console to its pods, and to no others', async () => {
    const read = async (kind: string, ...more: readonly string[]) =>
      JSON.parse(await cluster.kubectl('get', kind, ...more, '--namespace', system, '--output', 'json'));
    const ingress = await read('ingress', 'f0-framework0-console');
    const slices = await until(
      () => read('endpointslices', '--selector', 'kubernetes.io/service-name=f0-framework0-console'),
      ({ items }) => items.flatMap(({ endpoints }: Slice) => endpoints ?? []).length === 2,
    );
    const pods = slices.items.flatMap(({ endpoints }: Slice) => endpoints.map(({ targetRef }) => targetRef.name));

    expect(ingress.spec.rules).toMatchObject([
      {
        host: 'console.example',
        http: { paths: [{ backend: { service: { name: 'f0-framework0-console', port: { name: 'http' } } } }] },
      },
    ]);
    expect(pods).toEqual([
      expect.stringMatching(/^f0-framework0-console-/),
      expect.stringMatching(/^f0-framework0-console-/),
    ]);
    expect(slices.items[0].ports).toMatchObject([{ name: 'http', port: 8080 }]);
  });

  it('is upgraded and rolled back', async () => {
    await runHelm(release('upgrade', chart, '--set', 'image.tag=0.1.1', '--set', 'pools.worker.replicas=6'), values());
    const upgraded = { images: await imagesIn(system), worker: (await readyIn(system))['f0-framework0-worker'] };

    await runHelm(release('rollback', '1'));
    const back = { images: await imagesIn(system), worker: (await readyIn(system))['f0-framework0-worker'] };

    expect(upgraded).toEqual({ images: new Set(['0.1.1']), worker: 6 });
    expect(back).toEqual({ images: new Set(['0.1.0']), worker: 5 });
  });

  it.each([
    ['deploy', 'patch', 'deployments', 'yes'],
    ['deploy', 'create', 'services', 'yes'],
    ['deploy', 'delete', 'deployments', 'yes'],
    ['deploy', 'watch', 'pods', 'yes'],
    ['deploy', 'get', 'pods/log', 'yes'],
    ['deploy', 'patch', 'httproutes.gateway.networking.k8s.io', 'yes'],
    ['deploy', 'create', 'secrets', 'yes'],
    ['deploy', 'get', 'secrets', 'no'],
    ['deploy', 'list', 'secrets', 'no'],
    ['deploy', 'delete', 'pods', 'no'],
    ['deploy', 'create', 'pods/exec', 'no'],
    ['deploy', 'patch', 'virtualservices.networking.istio.io', 'no'],
    ['deploy', 'create', 'rolebindings.rbac.authorization.k8s.io', 'no'],
    ['deploy', 'deletecollection', 'deployments', 'no'],
    ['observer', 'watch', 'pods', 'yes'],
    ['observer', 'list', 'endpointslices.discovery.k8s.io', 'yes'],
    ['observer', 'patch', 'deployments', 'no'],
    ['observer', 'get', 'secrets', 'no'],
    ['worker', 'list', 'pods', 'no'],
    ['operate', 'list', 'pods', 'no'],
    ['console', 'list', 'pods', 'no'],
  ])('lets %s %s %s in a target namespace: %s', async (pool, verb, resource, answer) => {
    expect(await mayI(`f0-framework0-${pool}`, verb, resource, shop)).toBe(answer);
  });

  it('lets nobody do anything in other namespaces, its own among them', async () => {
    const questions = [...pools, 'console'].flatMap((pool) => [other, system].map((where) => ({ pool, where })));
    const answers = await Promise.all(
      questions.map(({ pool, where }) => mayI(`f0-framework0-${pool}`, 'list', 'deployments', where)),
    );
    expect(new Set(answers)).toEqual(new Set(['no']));
  });

  it('is what `helm template` prints, for those who apply it themselves', async () => {
    const text = await runHelm(['template', 'f0', chart, '--namespace', system, '--no-hooks'], values());
    const applied = await cluster.apply(text);
    const again = await cluster.apply(text);

    expect(applied).toContain('deployment.apps/f0-framework0-worker serverside-applied');
    expect(again).toBe(applied);
    expect(await readyIn(system)).toMatchObject({ 'f0-framework0-worker': 5 });
  });

  it('keeps the workers of the build before beside the new ones', async () => {
    const first = { ...values(), versioning: { enabled: true }, image: { tag: '1.0.0' } };
    const next = { ...values(), versioning: { enabled: true, previous: [{ tag: '1.0.0' }] }, image: { tag: '1.1.0' } };

    // The test before has applied the console by kubectl, whose fields they are since.
    await runHelm(release('upgrade', chart, '--force-conflicts'), first);
    const before = Object.keys(await readyIn(system)).sort();
    await runHelm(release('upgrade', chart), next);
    const after = await readyIn(system);

    // Runs stay with the build of their workers; the console is one for all of them.
    expect(before).toEqual(['f0-framework0-console', ...pools.map((pool) => `f0-framework0-${pool}-1-0-0`)].sort());
    expect(after).toEqual({
      'f0-framework0-console': 2,
      ...Object.fromEntries(pools.map((pool) => [`f0-framework0-${pool}-1-0-0`, 1])),
      ...Object.fromEntries(pools.map((pool) => [`f0-framework0-${pool}-1-1-0`, pool === 'worker' ? 5 : 2])),
    });
  });

  it('has plain manifests that become ready in the order that their page says', async () => {
    const folder = join(root, 'deploy', 'kubernetes');
    await cluster.apply(namespace('shop'));
    const apply = (...args: readonly string[]) => cluster.kubectl('apply', '--server-side', ...args);
    await apply('--filename', join(folder, 'namespace.yaml'));
    await apply('--filename', join(folder, 'setup.yaml'));
    await cluster.kubectl(
      'wait',
      'job',
      '--all',
      '--for=condition=Complete',
      '--namespace=framework0',
      '--timeout=60s',
    );
    await apply('--filename', join(folder, 'target-namespace.yaml'));
    await apply('--kustomize', folder);
    await apply('--filename', join(folder, 'console.yaml'));
    await cluster.apply({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'framework0-artifacts' },
      spec: {
        capacity: { storage: '20Gi' },
        accessModes: ['ReadWriteMany'],
        nfs: { server: 'nfs.example', path: '/artifacts' },
        claimRef: { namespace: 'framework0', name: 'framework0-artifacts' },
      },
    });
    await cluster.kubectl(
      ...['wait', 'deployment', '--all', '--for=condition=Available', '--namespace=framework0', '--timeout=60s'],
    );
    // It is available with one pod less than it has.
    await cluster.kubectl(
      ...['rollout', 'status', 'deployment/framework0-worker', '--namespace=framework0', '--timeout=60s'],
    );

    const ready = await cluster.kubectl(
      ...[
        'get',
        'deployment',
        'framework0-worker',
        '--namespace=framework0',
        '--output=jsonpath={.status.readyReplicas}',
      ],
    );
    expect(ready).toBe('5');
  });
});
