import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { renderManifests } from '../../src/activities/deploy/kubernetes/render';
import { app, manifests } from './support/shop';
import { clusterTools } from './support/tools';
import { describeTestCluster } from './support/use-cluster';

const values = { environment: 'staging', release: '1.0.0', namespace: 'teashop' };

describeTestCluster('rendering by kubectl kustomize', () => {
  const before = process.env.PATH;
  let folder: string;
  beforeAll(() => {
    process.env.PATH = [dirname(clusterTools()?.kubectl ?? ''), before].join(delimiter);
    folder = mkdtempSync(join(tmpdir(), 'f0-kustomize-'));
    for (const part of ['base', 'overlays/staging']) mkdirSync(join(folder, part), { recursive: true });
    manifests().forEach((object, index) => {
      writeFileSync(join(folder, 'base', `${index}.json`), JSON.stringify(object));
    });
    writeFileSync(join(folder, 'base', 'kustomization.yaml'), 'resources: [0.json, 1.json]\n');
    const overlay = 'resources: [../../base]\nconfigMapGenerator: [{ name: shop, literals: [level=info] }]\n';
    writeFileSync(join(folder, 'overlays/staging/kustomization.yaml'), overlay);
  });
  afterAll(() => {
    process.env.PATH = before;
    rmSync(folder, { recursive: true, force: true });
  });

  const plan = (path: string) => {
    if (!app.kubernetes) throw new Error('the app has a plan');
    return { ...app.kubernetes, manifests: { kind: 'kustomize', path } as const };
  };

  it('gives the objects of the overlay of the environment', async () => {
    const found = await renderManifests(plan('overlays/{{environment}}'), folder, values);
    expect(found.map(({ kind }) => kind).sort()).toEqual(['ConfigMap', 'Deployment', 'Service']);
  });

  it('tells what kubectl says', async () => {
    await expect(renderManifests(plan('overlays'), folder, values)).rejects.toThrow(
      /`kubectl kustomize` cannot render the manifests: .*kustomization/s,
    );
  });
});
