import type { DriftReport, FieldDrift, ObjectDrift } from '../../src/contracts/cluster-changes';
import { waitFor } from '../support/wait-for';
import { useShop } from './support/namespaces';
import { installGatewayApi } from './support/router-resources';
import { context, digestOf, manifests, type Shop } from './support/shop';
import { describeCluster, useCluster } from './support/use-cluster';

jest.setTimeout(180_000);

const image = 'registry.example.com/teashop/shop';
const imagePath = 'spec.template.spec.containers[shop].image';

async function driftOf(shop: Shop, release: string, heal = false): Promise<DriftReport> {
  const answer = await shop.target.drift?.({ ...shop.ref(release), replicas: 3, env: {}, heal }, context());
  if (!answer) throw new Error('the target finds no drift');
  return answer;
}

const named = ({ objects }: DriftReport, name: string) => objects.find((one) => one.name === name) as ObjectDrift;
const field = (report: DriftReport, name: string, path: string) =>
  named(report, name)?.fields.find((one) => one.path === path) as FieldDrift;

describeCluster('drift from the release that serves', () => {
  const cluster = useCluster('staging');
  const using = useShop(cluster);

  it('is none after a blue-green, a rolling and a canary release', async () => {
    const { shop } = using();
    const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'menu' }, data: { tea: 'green' } };
    shop.pack('1.0.0', { extra: [config] });
    await shop.serve('1.0.0');
    expect(await driftOf(shop, '1.0.0')).toEqual({ objects: [], remarks: [] });

    await shop.prepare('1.1.0', { replicas: 1 });
    await shop.shift('1.1.0', 25, '1.0.0');
    await shop.prepare('1.1.0');
    await shop.shift('1.1.0', 100, '1.0.0');
    await shop.promote('1.1.0');
    expect((await driftOf(shop, '1.1.0')).objects).toEqual([]);
    await shop.retire('1.0.0');

    await shop.prepare('1.2.0', { rolling: true });
    await shop.promote('1.2.0');
    expect(await driftOf(shop, '1.2.0')).toEqual({ objects: [], remarks: [] });
  });

  it('names who has scaled by hand, who has changed the image, and who has added a variable', async () => {
    const { shop, kubectl } = using();
    await shop.serve('1.0.0');
    await kubectl('scale', 'deployment/shop-1-0-0', '--replicas=5');
    await kubectl(
      'set',
      'image',
      'deployment/shop-1-0-0',
      'shop=elsewhere.example.com/shop:1',
      '--field-manager=mallory',
    );
    await kubectl('set', 'env', 'deployment/shop-1-0-0', 'DEBUG=1', '--field-manager=trent');

    const report = await driftOf(shop, '1.0.0');

    expect(field(report, 'shop-1-0-0', 'spec.replicas')).toMatchObject({
      expected: 3,
      found: 5,
      by: { manager: 'kubectl', subresource: 'scale' },
      owned: true,
    });
    expect(field(report, 'shop-1-0-0', imagePath)).toMatchObject({
      expected: `${image}@${digestOf('1.0.0')}`,
      found: 'elsewhere.example.com/shop:1',
      by: { manager: 'mallory', at: expect.any(String) },
    });
    expect(field(report, 'shop-1-0-0', 'spec.template.spec.containers[shop].env[DEBUG].value')).toMatchObject({
      expected: null,
      found: '1',
      by: { manager: 'trent' },
      owned: false,
    });
    expect(report.objects.map(({ kind, name, state }) => [kind, name, state])).toEqual([
      ['Deployment', 'shop-1-0-0', 'changed'],
    ]);
  });

  it('is healed for the fields that are the release’s, and what others have added is left and told', async () => {
    const { shop, kubectl, read } = using();
    await shop.serve('1.0.0');
    await kubectl('scale', 'deployment/shop-1-0-0', '--replicas=5');
    await kubectl('set', 'env', 'deployment/shop-1-0-0', 'DEBUG=1', '--field-manager=trent');
    await kubectl(
      'label',
      'service/shop',
      'app.kubernetes.io/managed-by=someone',
      '--overwrite',
      '--field-manager=trent',
    );

    const healed = await driftOf(shop, '1.0.0', true);

    expect(field(healed, 'shop-1-0-0', 'spec.replicas')).toMatchObject({ expected: 3, found: 5, healed: true });
    expect(field(healed, 'shop', 'metadata.labels[app.kubernetes.io/managed-by]')).toMatchObject({
      expected: 'framework0',
      found: 'someone',
      healed: true,
    });
    expect(named(healed, 'shop').healed).toBe(true);
    expect(named(healed, 'shop-1-0-0').healed).toBe(false);
    expect((await read<{ spec: { replicas: number } }>('deployment', 'shop-1-0-0')).spec.replicas).toBe(3);
    const left = await driftOf(shop, '1.0.0');
    expect(left.objects.flatMap(({ fields }) => fields.map(({ path, owned }) => [path, owned]))).toEqual([
      ['spec.template.spec.containers[shop].env[DEBUG].name', false],
      ['spec.template.spec.containers[shop].env[DEBUG].value', false],
    ]);
  });

  it('is found in the selector of the Service, in other objects, and in what was deleted; secrets stay secret', async () => {
    const { shop, kubectl } = using();
    const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'menu' }, data: { tea: 'green' } };
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'card' }, stringData: { pin: 'topsecret' } };
    shop.pack('1.0.0', { extra: [config, secret] });
    await shop.serve('1.0.0');
    const patch = (what: string, change: object) =>
      kubectl('patch', what, '--type=merge', '--field-manager=mallory', '-p', JSON.stringify(change));
    await patch('service/shop', { spec: { selector: { 'framework0.io/workload': null } } });
    await patch('secret/card', { data: { pin: Buffer.from('guessed').toString('base64') } });
    await kubectl('delete', 'configmap', 'menu');

    const report = await driftOf(shop, '1.0.0');

    expect(field(report, 'shop', 'spec.selector[framework0.io/workload]')).toMatchObject({
      expected: 'shop-1-0-0',
      found: null,
      by: { manager: 'mallory' },
    });
    expect(field(report, 'card', 'data.pin')).toMatchObject({ expected: '(hidden)', found: '(hidden)' });
    expect(named(report, 'menu')).toMatchObject({ state: 'missing', kind: 'ConfigMap' });
    const healed = await driftOf(shop, '1.0.0', true);
    expect(healed.objects.map((one) => one.healed)).toEqual([true, true, true]);
    expect((await driftOf(shop, '1.0.0')).objects).toEqual([]);
    expect(await kubectl('get', 'configmap', 'menu', '-o', 'jsonpath={.data.tea}')).toBe('green');
  });

  it('is the whole Deployment when that was deleted, and is healed by making it anew', async () => {
    const { shop, kubectl } = using();
    await shop.serve('1.0.0');
    await kubectl('delete', 'deployment', 'shop-1-0-0');

    const report = await driftOf(shop, '1.0.0', true);

    expect(named(report, 'shop-1-0-0')).toMatchObject({ state: 'missing', release: '1.0.0', healed: true });
    await kubectl('rollout', 'status', 'deployment/shop-1-0-0', '--timeout=60s');
    expect((await shop.describe()).weights).toEqual([{ release: '1.0.0', weight: 100 }]);
  });

  it('is not what an autoscaler has set', async () => {
    const { shop, kubectl } = using();
    await shop.serve('1.0.0');
    await kubectl('autoscale', 'deployment/shop-1-0-0', '--min=4', '--max=6');
    const replicas = () => kubectl('get', 'deployment', 'shop-1-0-0', '-o', 'jsonpath={.spec.replicas}');
    // Its controller looks every 15 s, and not at once.
    await waitFor('the autoscaler to scale', async () => (await replicas()) === '4', { timeoutMs: 90_000 });
    await waitFor('the watch to show it', async () => (await shop.describe()).replicas[0]?.desired === 4);

    expect((await driftOf(shop, '1.0.0')).objects).toEqual([]);
  });

  it('of a canary on its way is what people did to it by hand, and no heal comes between', async () => {
    const { shop, kubectl } = using();
    await shop.serve('1.0.0');
    await shop.prepare('1.1.0', { replicas: 1 });
    await shop.shift('1.1.0', 25, '1.0.0');
    const quiet = await driftOf(shop, '1.0.0');
    expect(quiet.objects).toEqual([]);
    expect(quiet.remarks).toEqual([expect.stringContaining('1.1.0 is on its way')]);
    await kubectl(
      'set',
      'image',
      'deployment/shop-1-1-0',
      'shop=elsewhere.example.com/shop:1',
      '--field-manager=mallory',
    );
    await kubectl('scale', 'deployment/shop-1-1-0', '--replicas=2');

    const edited = await driftOf(shop, '1.0.0');

    expect(named(edited, 'shop-1-1-0').release).toBe('1.1.0');
    expect(field(edited, 'shop-1-1-0', imagePath)).toMatchObject({
      expected: `${image}@${digestOf('1.1.0')}`,
      found: 'elsewhere.example.com/shop:1',
      by: { manager: 'mallory' },
    });
    expect(field(edited, 'shop-1-1-0', 'spec.replicas')).toMatchObject({ found: 2, by: { subresource: 'scale' } });
    await kubectl('scale', 'deployment/shop-1-0-0', '--replicas=7');
    await expect(driftOf(shop, '1.0.0', true)).rejects.toThrow('1.1.0 is on its way here');
    await kubectl('delete', 'deployment', 'shop-1-1-0');
    const deleted = await waitFor('the watch to show it', async () => {
      const report = await driftOf(shop, '1.0.0');
      return named(report, 'shop-1-1-0')?.state === 'missing' ? report : null;
    });
    expect(named(deleted, 'shop-1-1-0').release).toBe('1.1.0');
  });

  it('of what was adopted is not what others had set before', async () => {
    const { shop, kubectl } = using();
    for (const object of manifests()) {
      const labelled = {
        ...object,
        metadata: { ...object.metadata, labels: { team: 'tea' }, annotations: { note: 'x' } },
      };
      await cluster.apply({ ...labelled, metadata: { ...labelled.metadata, namespace: using().namespace } });
    }
    await kubectl('rollout', 'status', 'deployment/shop', '--timeout=60s');
    await shop.prepare('1.0.0', { rolling: true });
    await shop.promote('1.0.0');

    expect((await driftOf(shop, '1.0.0')).objects).toEqual([]);
    await kubectl('label', 'deployment/shop', 'team=coffee', '--overwrite', '--field-manager=mallory');
    expect(field(await driftOf(shop, '1.0.0'), 'shop', 'metadata.labels.team')).toMatchObject({
      found: 'coffee',
      by: { manager: 'mallory' },
    });
  });
});

describeCluster('drift of a canary behind a router', () => {
  const cluster = useCluster('staging');
  const route = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'shop' },
    spec: { parentRefs: [{ name: 'gateway' }], rules: [{ backendRefs: [{ name: 'shop', port: 80 }] }] },
  };
  const using = useShop(cluster, { extra: [route] });
  beforeAll(() => installGatewayApi(cluster));

  it('is none while the weights are as they were set, and names who has set others', async () => {
    const { shop, kubectl } = using();
    await shop.serve('1.0.0');
    expect((await driftOf(shop, '1.0.0')).objects).toEqual([]);
    await shop.prepare('1.1.0', { replicas: 1 });
    await shop.shift('1.1.0', 25, '1.0.0');
    expect((await driftOf(shop, '1.0.0')).objects).toEqual([]);
    const backendRefs = [
      { name: 'shop', port: 80, weight: 1 },
      { name: 'shop-canary', port: 80, weight: 99 },
    ];
    const change = JSON.stringify({ spec: { rules: [{ backendRefs }] } });
    await kubectl('patch', 'httproute', 'shop', '--type=merge', '--field-manager=mallory', '-p', change);

    const edited = await driftOf(shop, '1.0.0');

    expect(field(edited, 'shop', 'spec.rules')).toMatchObject({ by: { manager: 'mallory' } });
    await kubectl('delete', 'deployment', 'shop-1-1-0');
    await waitFor('the canary to be missed', async () => {
      const report = await driftOf(shop, '1.0.0');
      return named(report, 'shop-1-1-0')?.state === 'missing';
    });
  });

  it('is none when the canary has been promoted, and its route is as before', async () => {
    const { shop } = using();
    await shop.serve('1.0.0');
    await shop.prepare('1.1.0', { replicas: 1 });
    await shop.shift('1.1.0', 25, '1.0.0');
    await shop.prepare('1.1.0');
    await shop.shift('1.1.0', 100, '1.0.0');
    await shop.promote('1.1.0');
    await shop.retire('1.0.0');

    expect(await driftOf(shop, '1.1.0')).toEqual({ objects: [], remarks: [] });
  });
});
