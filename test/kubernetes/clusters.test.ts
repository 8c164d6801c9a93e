import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { waitFor } from '../support/wait-for';
import { startCluster, type TestCluster } from './support/clusters';
import { type PodBehaviour, podBehaviour, podLogLines } from './support/pod-behaviour';
import { installGatewayApi, installIstioApi } from './support/router-resources';
import { describeCluster, describeTestCluster, useCluster } from './support/use-cluster';

jest.setTimeout(180_000);

interface Pod {
  readonly metadata: { readonly name: string };
  readonly status: {
    readonly phase: string;
    readonly conditions: readonly { readonly type: string; readonly status: string; readonly reason?: string }[];
    readonly containerStatuses?: readonly { readonly state: { readonly waiting?: { readonly reason: string } } }[];
  };
}

function deployment(
  name: string,
  namespace: string,
  replicas: number,
  behaviour: PodBehaviour = {},
  cpu = '100m',
): object {
  const { labels, annotations } = podBehaviour(behaviour);
  const container = { name: 'main', image: 'registry.example.com/teashop/shop:1', resources: { requests: { cpu } } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name, ...labels }, annotations }, spec: { containers: [container] } },
    },
  };
}

describeCluster('the shared clusters', () => {
  const staging = useCluster('staging');
  const production = useCluster('production');

  test('a Deployment of 5 becomes Ready', async () => {
    await staging.apply(deployment('shop', staging.namespace, 5));

    await staging.kubectl('rollout', 'status', 'deployment/shop', `--namespace=${staging.namespace}`, '--timeout=60s');

    const ready = await staging.kubectl(
      ...['get', 'deployment', 'shop', `--namespace=${staging.namespace}`, '--output=jsonpath={.status.readyReplicas}'],
    );
    expect(ready).toBe('5');
  });

  test('each has the context of its name, and a namespace of this file alone', async () => {
    for (const cluster of [staging, production]) {
      const context = await cluster.kubectl('config', 'current-context');
      const namespace = await cluster.kubectl('get', 'namespace', cluster.namespace, '--output=name');

      expect(context).toBe(cluster.name);
      expect(namespace).toBe(`namespace/${cluster.namespace}`);
    }
  });
});

describeTestCluster('our clusters, whose pods do as they are told', () => {
  const staging = useCluster('staging');
  const production = useCluster('production');

  const pods = async (app: string): Promise<readonly Pod[]> => {
    const args = ['get', 'pods', `--selector=app=${app}`, `--namespace=${staging.namespace}`, '--output=json'];
    return (JSON.parse(await staging.kubectl(...args)) as { items: Pod[] }).items;
  };
  const isReady = ({ status }: Pod) =>
    status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  const waitingFor = ({ status }: Pod) => status.containerStatuses?.[0]?.state.waiting?.reason;

  test.each([
    ['ImagePullBackOff', 'Pending', 'Failed'],
    ['CrashLoopBackOff', 'Running', 'BackOff'],
  ] as const)('%s shows in the status, and as an event', async (fails, phase, eventReason) => {
    const name = fails.toLowerCase();
    await staging.apply(deployment(name, staging.namespace, 1, { fails }));

    const pod = await waitFor(fails, async () => (await pods(name)).find((pod) => waitingFor(pod) === fails));

    expect(pod.status.phase).toBe(phase);
    expect(isReady(pod)).toBe(false);
    const selector = `--field-selector=involvedObject.name=${pod.metadata.name},reason=${eventReason}`;
    const event = ['get', 'events', `--namespace=${staging.namespace}`, selector, '--output=name'];
    await waitFor('its event', async () => (await staging.kubectl(...event)) !== '');
  });

  test('a pod that crashes later was ready before', async () => {
    await staging.apply(deployment('crashes', staging.namespace, 1, { fails: 'CrashAfterReady', failsAfter: '8s' }));

    await waitFor('ready', async () => (await pods('crashes')).some(isReady));
    const hasCrashed = async () => (await pods('crashes')).some((pod) => waitingFor(pod) === 'CrashLoopBackOff');
    await waitFor('crashed', hasCrashed, { timeoutMs: 60_000 });
    expect((await pods('crashes')).some(isReady)).toBe(false);
  });

  test('a pod that is never ready runs nevertheless', async () => {
    await staging.apply(deployment('unready', staging.namespace, 1, { fails: 'NeverReady' }));

    const pod = await waitFor('running', async () =>
      (await pods('unready')).find((pod) => pod.status.phase === 'Running'),
    );

    expect(isReady(pod)).toBe(false);
  });

  test('a pod that no node has room for is unschedulable', async () => {
    await staging.apply(deployment('huge', staging.namespace, 1, {}, '1000'));

    const reasons = async () => (await pods('huge'))[0]?.status.conditions.map(({ reason }) => reason);
    await waitFor('unschedulable', async () => (await reasons())?.includes('Unschedulable'));
  });

  test('a patient pod is seen before it is ready', async () => {
    await staging.apply(deployment('patient', staging.namespace, 1, { readyAfter: '8s' }));

    const pod = await waitFor('a pod on a node', async () =>
      (await pods('patient')).find(({ status }) => status.conditions?.some(({ type }) => type === 'PodScheduled')),
    );

    expect(isReady(pod)).toBe(false);
    await waitFor('ready', async () => (await pods('patient')).some(isReady));
    const logs = await staging.kubectl('logs', pod.metadata.name, `--namespace=${staging.namespace}`);
    expect(logs.split('\n')).toEqual(podLogLines);
  });

  test('staging and production are two clusters', async () => {
    await expect(production.kubectl('get', 'namespace', staging.namespace)).rejects.toThrow('NotFound');
  });

  test('a user may do only what a role allows', async () => {
    const asViewer = ['get', 'pods', `--namespace=${staging.namespace}`];
    const kubeconfig = `--kubeconfig=${staging.kubeconfigFor('viewer')}`;
    await expect(staging.kubectl(...asViewer, kubeconfig)).rejects.toThrow('viewer" cannot list resource "pods"');

    const binding = ['create', 'rolebinding', 'viewers', '--clusterrole=view', '--user=viewer'];
    await staging.kubectl(...binding, `--namespace=${staging.namespace}`);

    await waitFor('the role to count', async () => (await staging.kubectl(...asViewer, kubeconfig)).length > 0);
  });
});

describeTestCluster('a cluster of a test’s own', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startCluster('own', { nodes: { count: 2 } });
  });
  afterAll(() => cluster.stop());

  test('an API server that crashed comes back with what it had, and the controllers go on', async () => {
    await cluster.apply(deployment('kept', 'default', 1));
    await cluster.kubectl('rollout', 'status', 'deployment/kept', '--timeout=60s');

    await cluster.stopApiServer();
    await expect(cluster.kubectl('get', 'nodes')).rejects.toThrow('refused');
    await cluster.startApiServer();
    await cluster.kubectl('scale', 'deployment/kept', '--replicas=3');

    const ready = () => cluster.kubectl('get', 'deployment/kept', '--output=jsonpath={.status.readyReplicas}');
    // Controllers that were refused try again after up to a minute, the later the longer it has taken to start.
    await waitFor('three replicas', async () => (await ready()) === '3', { timeoutMs: 90_000 });
  });

  test('the routers’ custom resources can be had', async () => {
    await installGatewayApi(cluster);
    await installIstioApi(cluster);

    for (const kind of ['httproutes.gateway.networking.k8s.io', 'virtualservices.networking.istio.io']) {
      await expect(cluster.kubectl('get', kind, '--all-namespaces')).resolves.toBe('');
    }
  });

  test('nothing of it is left when it was stopped', async () => {
    const doomed = await startCluster('doomed', { nodes: { count: 1 } });
    const folder = dirname(doomed.kubeconfig);
    const processes = () => execFileSync('ps', ['-Ao', 'args'], { encoding: 'utf8' });
    expect(processes()).toContain(folder);

    await doomed.stop();

    expect(processes()).not.toContain(folder);
    expect(existsSync(folder)).toBe(false);
  });
});
