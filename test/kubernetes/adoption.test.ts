import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { watchEndpoints } from './support/endpoint-watcher';
import { useShop } from './support/namespaces';
import { digestOf, manifests } from './support/shop';
import { describeCluster, useCluster } from './support/use-cluster';

jest.setTimeout(180_000);

const image = 'registry.example.com/teashop/shop';

/** The manifests as a team has them live before us: two replicas of some image. */
function live(liveImage = `${image}:before`): readonly object[] {
  const objects = structuredClone(manifests()) as { kind: string; spec: Record<string, unknown> }[];
  for (const { kind, spec } of objects) {
    if (kind !== 'Deployment') continue;
    spec.replicas = 2;
    const { template } = spec as { template: { spec: { containers: { image: string }[] } } };
    for (const container of template.spec.containers) container.image = liveImage;
  }
  return objects;
}

describeCluster('what somebody else has applied', () => {
  const cluster = useCluster('staging');
  const using = useShop(cluster);

  /** `kubectl apply`, or as Helm does it: a field manager of its own, and its labels. */
  async function applyAs(who: 'kubectl' | 'helm', objects: readonly object[]): Promise<void> {
    const { kubectl } = using();
    const folder = mkdtempSync(path.join(tmpdir(), 'f0-live-'));
    const file = path.join(folder, 'all.json');
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    const args = who === 'kubectl' ? ['apply'] : ['create', '--field-manager=helm'];
    await kubectl(...args, '-f', file);
    rmSync(folder, { recursive: true, force: true });
    await kubectl('rollout', 'status', 'deployment/shop', '--timeout=60s');
  }

  const podUids = async () =>
    (await using().kubectl('get', 'pods', '-o', 'jsonpath={.items[*].metadata.uid}')).split(' ').sort();
  const uidsOf = async (selector: string) =>
    (await using().kubectl('get', 'pods', '-l', selector, '-o', 'jsonpath={.items[*].metadata.uid}')).split(' ').sort();
  const watch = () => watchEndpoints(cluster.kubeconfig, using().namespace, 'shop');

  it('rolling: the same image is taken over without a new pod, and the next release rolls it', async () => {
    const { shop, kubectl } = using();
    await applyAs('kubectl', live(`${image}@${digestOf('1.0.0')}`));
    const before = await podUids();
    const watcher = await watch();

    const state = await shop.prepare('1.0.0', { rolling: true, replicas: 2 });
    await shop.promote('1.0.0');
    await shop.prepare('1.0.0', { rolling: true, replicas: 2 });

    expect(state.weights).toEqual([{ release: '1.0.0', weight: 100 }]);
    expect(state.adopted?.map(({ kind, name }) => [kind, name])).toEqual([
      ['Service', 'shop'],
      ['Deployment', 'shop'],
    ]);
    const [taken] = state.adopted?.[1]?.from ?? [];
    expect(taken?.manager).toBe('kubectl-client-side-apply');
    expect(taken?.fields).toContain('spec.template.spec.containers[shop].image');
    expect(await podUids()).toEqual(before);

    const next = await shop.prepare('1.1.0', { rolling: true, replicas: 2 });
    expect(next.weights).toEqual([{ release: '1.1.0', weight: 100 }]);
    expect(next.adopted).toBeUndefined();
    await watcher.stop();
    expect(watcher.changes).toBeGreaterThan(1);
    expect(watcher.gaps).toEqual([]);
    const labelled = await kubectl('get', 'pods', '-l', 'framework0.io/workload=shop', '-o', 'name');
    expect(labelled.split('\n')).toHaveLength(2);
  });

  it('rolling: another image replaces the pods one by one, and none is started anew before that', async () => {
    const { shop } = using();
    await applyAs('helm', live());
    const watcher = await watch();

    const state = await shop.prepare('1.0.0', { rolling: true, replicas: 2 });

    await watcher.stop();
    expect(state.weights).toEqual([{ release: '1.0.0', weight: 100 }]);
    expect(state.adopted?.[1]?.from.map(({ manager }) => manager)).toEqual(['helm']);
    expect(watcher.gaps).toEqual([]);
    expect(await uidsOf('framework0.io/workload=shop')).toHaveLength(2);
  });

  it('blue-green: the old pods are kept until the new release is promoted, and can take the traffic back', async () => {
    const { shop } = using();
    await applyAs('helm', live());
    const before = await podUids();
    const watcher = await watch();

    const prepared = await shop.prepare('1.0.0');
    expect(prepared.weights).toEqual([{ release: 'deployment/shop', weight: 100 }]);
    expect(prepared.stableRelease).toBe('deployment/shop');
    const old = '!framework0.io/app';
    expect(await uidsOf(old)).toEqual(before);
    await shop.shift('1.0.0', 100, null);
    expect(await uidsOf(old)).toEqual(before);
    const back = await shop.shift('1.0.0', 0, null);
    expect(back.weights).toEqual([{ release: 'deployment/shop', weight: 100 }]);
    expect(await uidsOf(old)).toEqual(before);
    await shop.shift('1.0.0', 100, null);
    const end = await shop.promote('1.0.0');

    await watcher.stop();
    expect(end.weights).toEqual([{ release: '1.0.0', weight: 100 }]);
    expect(watcher.changes).toBeGreaterThan(3);
    expect(watcher.gaps).toEqual([]);
  });

  it('canary: the old pods serve their share all the way', async () => {
    const { shop } = using();
    await applyAs('kubectl', live());
    const before = await podUids();
    const watcher = await watch();

    await shop.prepare('1.0.0', { replicas: 1 });
    expect(await uidsOf('!framework0.io/app')).toEqual(before);
    const split = await shop.shift('1.0.0', 33, null);
    expect(split.weights).toContainEqual({ release: '1.0.0', weight: 33 });
    expect(await uidsOf('!framework0.io/app')).toEqual(before);
    await shop.prepare('1.0.0', { replicas: 2 });
    await shop.shift('1.0.0', 100, null);
    const end = await shop.promote('1.0.0');

    await watcher.stop();
    expect(end).toMatchObject({ stableRelease: '1.0.0', weights: [{ release: '1.0.0', weight: 100 }] });
    expect(watcher.gaps).toEqual([]);
  });
});
