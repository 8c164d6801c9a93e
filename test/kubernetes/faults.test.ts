import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until, waitFor } from '../support/wait-for';
import { useShop } from './support/namespaces';
import { manifests, Shop } from './support/shop';
import { told } from './support/told';
import { describeCluster, describeTestCluster, useCluster } from './support/use-cluster';

jest.setTimeout(180_000);

describeCluster('what can go wrong in a cluster', () => {
  const cluster = useCluster('staging');
  const using = useShop(cluster);
  let shop: Shop;
  let namespace: string;
  beforeEach(() => {
    ({ shop, namespace } = using());
  });

  const inNamespace = (object: object & { metadata?: object }) => ({
    ...object,
    metadata: { ...object.metadata, namespace },
  });
  const kubectl = (...args: string[]) => using().kubectl(...args);

  it('a change by hand is a conflict that names who made it, and holds up no way back', async () => {
    await shop.serve('1.0.0');
    await shop.prepare('1.1.0', { replicas: 1 });
    await kubectl(
      'set',
      'image',
      'deployment/shop-1-1-0',
      'shop=registry.example.com/other:1',
      '--field-manager=somebody',
    );

    const fault = await told(shop.prepare('1.1.0', { replicas: 2 }));
    expect(fault).toContain('Conflict: cluster "test": Deployment shop-1-1-0');
    expect(fault).toContain('image by "somebody"');

    await kubectl('scale', 'deployment/shop-1-0-0', '--replicas=1');
    const back = await shop.prepare('1.0.0');
    expect(back.replicas).toContainEqual({ release: '1.0.0', ready: 3, desired: 3 });
  });

  it('a Service that selects the pods of another app is refused', async () => {
    const [deployment] = manifests();
    await cluster.apply(inNamespace({ ...deployment, metadata: { name: 'checkout' } }));

    expect(await told(shop.prepare('1.0.0'))).toBe(
      "Conflict: Service shop selects app=shop, and so the pods of Deployment checkout too, which is not of app shop: give the selector a label that only this app's pods have",
    );
  });

  it('a field that cannot change is told', async () => {
    await shop.prepare('1.0.0', { rolling: true });
    const change = (objects: ReturnType<typeof manifests>) => {
      const text = JSON.stringify(objects).replaceAll('"app":"shop"', '"app":"store"');
      return JSON.parse(text) as object[];
    };
    shop.pack('1.1.0', { change });

    const fault = await told(shop.prepare('1.1.0', { rolling: true }));
    expect(fault).toMatch(/^InvalidInput: .*Deployment shop .*immutable.*delete the object, or give it another name$/s);
  });

  it('a quota that is exceeded ends the step, with the quota', async () => {
    await kubectl('create', 'quota', 'small', '--hard=pods=1');
    // Before that its status is unknown, and pods are refused for this: the first reason is the one that is kept.
    const used = () => kubectl('get', 'quota', 'small', '-o', 'jsonpath={.status.used.pods}');
    await waitFor('the quota to be counted', async () => (await used()) === '0');

    const fault = await told(shop.prepare('1.0.0'));
    expect(fault).toMatch(
      /^CommandFailed: Deployment shop-1-0-0: FailedCreate: .*exceeded quota: small.*raise the ResourceQuota/s,
    );
  });

  it('pods that no node has room for end the step', async () => {
    shop.pack('1.0.0', {
      change: (objects) => JSON.parse(JSON.stringify(objects).replace('"cpu":"10m"', '"cpu":"900"')) as object[],
    });

    const fault = await told(shop.prepare('1.0.0'));
    expect(fault).toMatch(/^CommandFailed: Pod shop-1-0-0-\S+: Unschedulable: .*Insufficient cpu/s);
  });

  it('a namespace that is not there is told, with the remedy', async () => {
    const elsewhere = new Shop({ kubeconfig: cluster.kubeconfig, context: cluster.name, namespace: 'nowhere' });
    const fault = await told(elsewhere.prepare('1.0.0'));
    await elsewhere.close();
    expect(fault).toBe(
      'NotFound: cluster "test": there is no namespace "nowhere": create it, or set `namespace` of the cluster',
    );
  });

  it('a context that is not there is told, with the nearest', async () => {
    const elsewhere = new Shop({ kubeconfig: cluster.kubeconfig, context: 'stagin', namespace });
    const fault = await told(elsewhere.prepare('1.0.0'));
    await elsewhere.close();
    expect(fault).toMatch(
      /^InvalidInput: cluster "test": kubeconfig \S+ has no context "stagin", expected one of staging; did you mean staging\?$/,
    );
  });

  it('a kind that the cluster does not know is told', async () => {
    shop.pack('1.0.0', { extra: [{ apiVersion: 'example.com/v1', kind: 'Teapot', metadata: { name: 'pot' } }] });
    expect(await told(shop.prepare('1.0.0'))).toBe(
      'NotFound: cluster "test" does not know Teapot of example.com/v1: install its CustomResourceDefinition, or take the object out of the manifests',
    );
  });

  it('an autoscaler keeps the say over replicas, and follows the release that serves', async () => {
    const autoscaler = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'shop' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' },
        minReplicas: 2,
        maxReplicas: 9,
      },
    };
    const target = () => kubectl('get', 'hpa', 'shop', '-o', 'jsonpath={.spec.scaleTargetRef.name}');
    for (const release of ['1.0.0', '1.1.0']) shop.pack(release, { extra: [autoscaler] });
    await shop.serve('1.0.0');
    expect(await target()).toBe('shop-1-0-0');
    await kubectl('scale', 'deployment/shop-1-0-0', '--replicas=6');
    await kubectl('rollout', 'status', 'deployment/shop-1-0-0');

    await shop.prepare('1.1.0', { replicas: 1 });
    const split = await shop.shift('1.1.0', 50, '1.0.0');
    expect(split.replicas).toContainEqual({ release: '1.1.0', ready: 3, desired: 3 });
    expect(split.replicas).toContainEqual({ release: '1.0.0', ready: 6, desired: 6 });
    await shop.shift('1.1.0', 100, '1.0.0');
    await shop.promote('1.1.0');
    expect(await target()).toBe('shop-1-1-0');
  });

  it('scrapes the pods that are ready', async () => {
    await shop.prepare('1.0.0', { replicas: 2 });
    // That the Deployment is ready is told by one watch, and which pods are, by another.
    const found = await until(
      () => shop.target.endpoints(shop.metricTarget('1.0.0')),
      (endpoints) => endpoints.length >= 2,
    );
    expect(found).toHaveLength(2);
    for (const { url } of found) expect(url).toMatch(/^http:\/\/[\d.]+:8080\/metrics$/);
    expect(await shop.target.endpoints(shop.metricTarget('9.9.9'))).toEqual([]);
  });

  it('what is secret in the environment is in a Secret, which goes with the release', async () => {
    await shop.prepare('1.0.0', { env: { TOKEN: 'secret://env/TOKEN', LEVEL: 'info' } });
    const env = await kubectl(
      'get',
      'deployment',
      'shop-1-0-0',
      '-o',
      'jsonpath={.spec.template.spec.containers[0].env}',
    );
    expect(JSON.parse(env)).toEqual([
      { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'shop-1-0-0-env', key: 'TOKEN' } } },
      { name: 'LEVEL', value: 'info' },
      { name: 'F0_RELEASE', value: '1.0.0' },
      { name: 'F0_ENVIRONMENT', value: 'test' },
    ]);
    const secret = await kubectl('get', 'secret', 'shop-1-0-0-env', '-o', 'jsonpath={.data.TOKEN}');
    expect(Buffer.from(secret, 'base64').toString()).toBe('value of secret://env/TOKEN');

    await shop.retire('1.0.0');
    expect(await kubectl('get', 'secrets', '-o', 'name')).toBe('');
  });
});

describeTestCluster('pods that will not become ready', () => {
  const cluster = useCluster('staging');
  let shop: Shop;
  beforeAll(() => {
    shop = new Shop({ kubeconfig: cluster.kubeconfig, context: cluster.name, namespace: cluster.namespace });
  });
  afterAll(() => shop.close());

  it.each([
    ['ImagePullBackOff', /Pod shop-\S+: ImagePullBackOff: .*last events: .*Failed to pull image/s],
    [
      'CrashLoopBackOff',
      /Pod shop-\S+: CrashLoopBackOff: .*ended with code 1.*last log lines:\n.*cannot connect to the database/s,
    ],
  ] as const)('%s ends the step with the reason, events and log', async (fails, expected) => {
    const release = fails.toLowerCase();
    shop.pack(release, { pods: { fails } });

    const fault = await told(shop.prepare(release));
    expect(fault).toMatch(/^CommandFailed: /);
    expect(fault).toMatch(expected);
  });

  it('without progress it ends at the deadline', async () => {
    shop.pack('never', { pods: { fails: 'NeverReady' } });
    const fault = await told(shop.prepare('never', { progressDeadlineSeconds: 3 }));
    expect(fault).toBe('CommandFailed: no progress for 3 s: never: 0 of 3 replicas ready');
  });

  it('a token that has expired is waited for, and taken from the file when it was renewed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'f0-token-'));
    const kubeconfig = join(folder, 'config');
    const right = readFileSync(cluster.kubeconfig, 'utf8');
    const wrong = right.replace(/("?token"?: *"?)[^"\s,}]+/, '$1expired');
    expect(wrong).not.toBe(right);
    writeFileSync(kubeconfig, wrong);
    const renewed = new Shop({ kubeconfig, context: cluster.name, namespace: cluster.namespace, name: 'renewed' });
    expect(await told(renewed.prepare('1.0.0'))).toBe(
      'Unavailable: cluster "test": the credentials of the kubeconfig are refused or have expired: renew them',
    );

    writeFileSync(kubeconfig, right);
    const prepared = await renewed.prepare('1.0.0');
    await renewed.close();
    rmSync(folder, { recursive: true });
    expect(prepared.replicas).toEqual([{ release: '1.0.0', ready: 3, desired: 3 }]);
  });

  it('a user without rights is told which verb on which resource is missing', async () => {
    const stranger = new Shop({
      kubeconfig: cluster.kubeconfigFor('stranger'),
      context: cluster.name,
      namespace: cluster.namespace,
    });
    const fault = await told(stranger.prepare('1.0.0'));
    await stranger.close();
    expect(fault).toBe(
      `PermissionDenied: cluster "test": stranger may not list deployments.apps in namespace ${cluster.namespace}: grant it by a Role with apiGroups: ["apps"], resources: ["deployments"], verbs: ["list"]`,
    );
  });
});
