import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ObjectChange, ReleasePreview } from '../../src/contracts/cluster-changes';
import { waitFor } from '../support/wait-for';
import { useShop } from './support/namespaces';
import { previewOf } from './support/previews';
import { digestOf, manifests, Shop } from './support/shop';
import { describeCluster, describeTestCluster, useCluster } from './support/use-cluster';

jest.setTimeout(180_000);

const image = 'registry.example.com/teashop/shop';

const named = ({ objects }: ReleasePreview, name: string, kind = 'Deployment') =>
  objects.find((one) => one.name === name && one.kind === kind) as ObjectChange;
const field = (change: ObjectChange, path: string) => change.fields.find((one) => one.path === path);

describeCluster('the preview of a release', () => {
  const cluster = useCluster('staging');
  const using = useShop(cluster);

  it('of a first one has what would be created, and creates nothing', async () => {
    const { shop, kubectl } = using();

    const preview = await previewOf(shop, '1.0.0');

    expect(preview.refused).toEqual([]);
    expect(preview.objects.map(({ kind, name, change }) => [kind, name, change])).toEqual([
      ['Service', 'shop', 'created'],
      ['Deployment', 'shop-1-0-0', 'created'],
    ]);
    const deployment = named(preview, 'shop-1-0-0');
    expect(field(deployment, 'spec.replicas')?.after).toBe(3);
    expect(field(deployment, 'spec.template.spec.containers[shop].image')?.after).toBe(
      `${image}@(digest of the build)`,
    );
    expect(await kubectl('get', 'deployments,services', '-o', 'name')).toBe('');
  });

  it('of a blue-green release tells what is different from the one that serves, and what becomes of that', async () => {
    const { shop, read } = using();
    await shop.serve('1.0.0');
    const before = await read<object>('deployment', 'shop-1-0-0');

    const preview = await previewOf(shop, '1.1.0', manifests(), { replicas: 4 });

    const fresh = named(preview, 'shop-1-1-0');
    expect(fresh).toMatchObject({ change: 'created', comparedWith: 'shop-1-0-0' });
    expect(fresh.fields).toEqual([
      { path: 'spec.replicas', change: 'changed', before: 3, after: 4 },
      {
        path: 'spec.template.spec.containers[shop].env[F0_RELEASE].value',
        change: 'changed',
        before: '1.0.0',
        after: '1.1.0',
      },
      {
        path: 'spec.template.spec.containers[shop].image',
        change: 'changed',
        before: `${image}@${digestOf('1.0.0')}`,
        after: `${image}@(digest of the build)`,
      },
    ]);
    expect(named(preview, 'shop', 'Service').fields).toEqual([
      { path: 'metadata.annotations[framework0.io/stable]', change: 'changed', before: '1.0.0', after: '1.1.0' },
      { path: 'spec.selector[framework0.io/workload]', change: 'changed', before: 'shop-1-0-0', after: 'shop-1-1-0' },
    ]);
    expect(named(preview, 'shop-1-0-0').change).toBe('deleted');
    expect(await read('deployment', 'shop-1-0-0')).toEqual(before);
  });

  it('of a rolling release is the change in place', async () => {
    const { shop } = using();
    await shop.prepare('1.0.0', { rolling: true });
    await shop.promote('1.0.0');
    const objects = manifests().map((object) => {
      if (object.kind !== 'Deployment') return object;
      const changed = structuredClone(object) as {
        spec: { template: { spec: { containers: { resources?: object }[] } } };
      };
      for (const container of changed.spec.template.spec.containers) delete container.resources;
      return changed;
    });

    const preview = await previewOf(shop, '1.1.0', objects, { rolling: true, retires: false });

    const { fields, change } = named(preview, 'shop');
    expect(change).toBe('changed');
    expect(fields).toContainEqual({
      path: 'spec.template.spec.containers[shop].resources.requests.cpu',
      change: 'removed',
      before: '10m',
      after: null,
    });
    expect(fields.map(({ path: one }) => one)).not.toContain('metadata.annotations[framework0.io/content]');
    expect(preview.objects.filter((one) => one.change === 'deleted')).toEqual([]);
  });

  it('never shows the values of secrets', async () => {
    const { shop } = using();
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'card' }, stringData: { pin: 'topsecret' } };

    const preview = await previewOf(shop, '1.0.0', [...manifests(), secret], { env: { TOKEN: 'secret://env/TOKEN' } });

    expect(field(named(preview, 'card', 'Secret'), 'data.pin')?.after).toBe('(hidden)');
    expect(field(named(preview, 'shop-1-0-0-env', 'Secret'), 'data.TOKEN')?.after).toBe('(hidden)');
    const text = JSON.stringify(preview);
    for (const value of ['topsecret', 'value of secret'])
      for (const shown of [value, Buffer.from(value).toString('base64').slice(0, 8)]) expect(text).not.toContain(shown);
  });

  it('of what somebody else has applied tells whose fields are taken over', async () => {
    const { shop, kubectl, namespace } = using();
    for (const object of manifests()) {
      const file = JSON.stringify({ ...object, metadata: { ...object.metadata, namespace } });
      const folder = mkdtempSync(path.join(tmpdir(), 'f0-apply-'));
      await writeFile(path.join(folder, 'object.json'), file);
      await kubectl('apply', '-f', path.join(folder, 'object.json'));
      rmSync(folder, { recursive: true, force: true });
    }

    const preview = await previewOf(shop, '1.0.0', manifests(), { rolling: true, retires: false });

    const [from] = named(preview, 'shop').adoptedFrom;
    expect(from?.manager).toBe('kubectl-client-side-apply');
    expect(from?.fields).toContain('spec.template.spec.containers[shop].image');
    expect(named(preview, 'shop', 'Service').adoptedFrom.map(({ manager }) => manager)).toEqual([
      'kubectl-client-side-apply',
    ]);
  });

  it('tells all that would be refused, and why', async () => {
    const { shop, kubectl } = using();
    await shop.serve('1.0.0');
    await kubectl(
      'set',
      'image',
      'deployment/shop-1-0-0',
      'shop=registry.example.com/other',
      '--field-manager=mallory',
    );
    const unknown = { apiVersion: 'example.com/v1', kind: 'Teapot', metadata: { name: 'pot' } };
    const invalid = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'Not_A_Name' } };

    const preview = await previewOf(shop, '1.1.0', [...manifests(), unknown, invalid], { replicas: -1 });

    expect(preview.refused).toEqual([
      expect.stringContaining('does not know Teapot of example.com/v1'),
      expect.stringContaining('ConfigMap Not_A_Name'),
      expect.stringContaining('spec.replicas: Invalid value: -1'),
    ]);
    const withoutService = await previewOf(shop, '1.1.0', manifests().slice(0, 1));
    expect(withoutService.refused).toEqual([expect.stringContaining('the manifests have no Service shop')]);
    const nowhere = new Shop({ kubeconfig: cluster.kubeconfig, context: cluster.name, namespace: 'nowhere' });
    const inNoNamespace = await previewOf(nowhere, '1.1.0').finally(() => nowhere.close());
    expect(inNoNamespace.refused.join()).toContain('there is no namespace "nowhere"');
  });
});

/** All that a worker needs, but for what stops the release before. */
const withoutDelete = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: { name: 'no-delete' },
  rules: [
    {
      apiGroups: ['', 'apps', 'autoscaling', 'discovery.k8s.io', 'networking.k8s.io'],
      resources: ['*'],
      verbs: ['get', 'list', 'watch', 'create', 'patch'],
    },
  ],
};

const mayLook = ['auth', 'can-i', 'list', 'deployments'];

describeTestCluster('the preview without the rights', () => {
  const cluster = useCluster('staging');
  const using = useShop(cluster);

  it('says too what would be refused in the end only', async () => {
    const { namespace, kubectl, shop } = using();
    await shop.serve('1.0.0');
    await cluster.apply({ ...withoutDelete, metadata: { ...withoutDelete.metadata, namespace } });
    await kubectl('create', 'rolebinding', 'deployers', '--role=no-delete', '--user=deployer');
    const kubeconfig = cluster.kubeconfigFor('deployer');
    await waitFor('the role binding to hold', () => kubectl('--kubeconfig', kubeconfig, ...mayLook));
    const deploying = new Shop({ kubeconfig, context: cluster.name, namespace });

    const preview = await previewOf(deploying, '1.1.0').finally(() => deploying.close());

    expect(preview.refused).toEqual([expect.stringMatching(/deployer may not delete deployments\.apps in namespace/)]);
  });

  it('says which verb on which resource is missing', async () => {
    const { namespace, kubectl } = using();
    await kubectl('create', 'rolebinding', 'viewers', '--clusterrole=view', '--user=viewer');
    const kubeconfig = cluster.kubeconfigFor('viewer');
    await waitFor('the role binding to hold', () => kubectl('--kubeconfig', kubeconfig, ...mayLook));
    const viewing = new Shop({ kubeconfig, context: cluster.name, namespace });

    const preview = await previewOf(viewing, '1.0.0').finally(() => viewing.close());

    expect(preview.refused).toEqual([
      expect.stringMatching(/viewer may not patch services in namespace .*verbs: \["patch"\]/),
      expect.stringMatching(/viewer may not patch deployments\.apps in namespace/),
    ]);
  });
});
