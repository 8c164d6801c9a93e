import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { manifestSet } from '../../../../src/activities/deploy/kubernetes/manifest-set';
import { fill, parse, renderManifests } from '../../../../src/activities/deploy/kubernetes/render';
import type { KubernetesAppPlan } from '../../../../src/definition/release-plan';

const values = { environment: 'staging', release: '1.0.0', namespace: 'teashop' };
const plan = (manifests: KubernetesAppPlan['manifests']): KubernetesAppPlan => ({
  manifests,
  image: 'registry.example.com/teashop/shop',
  workload: 'shop',
  container: null,
  service: 'shop',
});

describe('rendering', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'f0-render-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  };
  const configMap = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`;

  it('reads a folder with its subfolders, by environment', async () => {
    write('k8s/staging/a.yaml', `${configMap('a')}---\n${configMap('b')}---\n`);
    write('k8s/staging/more/c.yml', configMap('c'));
    write('k8s/staging/README.md', 'nothing');
    write('k8s/production/d.yaml', configMap('d'));

    const found = await renderManifests(plan({ kind: 'folder', path: 'k8s/{{environment}}' }), folder, values);
    expect(found.map(({ metadata }) => metadata?.name)).toEqual(['a', 'b', 'c']);
  });

  it('reads the example shop, which has all that is needed', async () => {
    const shop = path.join(__dirname, '../../../../examples/shop');
    const objects = await renderManifests(plan({ kind: 'folder', path: 'k8s' }), shop, values);
    const set = manifestSet(plan({ kind: 'folder', path: 'k8s' }), 'shop', 'teashop', objects);
    expect(set.others.map(({ kind }) => kind)).toEqual(['PodDisruptionBudget']);
  });

  it.each([
    [
      { kind: 'folder', path: 'k9s' },
      'kubernetes.manifests of the app: the artifact has no k9s there; beside it are k8s',
    ],
    [{ kind: 'folder', path: 'k8s' }, 'k8s in the artifact has no file of YAML or JSON'],
    [{ kind: 'folder', path: '../..' }, '"../.." leads out of the artifact: expected a path inside of it'],
    [
      { kind: 'helm', chart: 'k8s', values: ['v.yaml'] },
      'kubernetes.helm.values of the app: the artifact has no v.yaml there',
    ],
  ] as const)('of %j is refused', async (manifests, message) => {
    mkdirSync(path.join(folder, 'k8s'));
    await expect(renderManifests(plan(manifests), folder, values)).rejects.toThrow(message);
  });

  it('tells a tool that is not there', async () => {
    mkdirSync(path.join(folder, 'k8s'));
    const before = process.env.PATH;
    process.env.PATH = folder;
    try {
      await expect(renderManifests(plan({ kind: 'kustomize', path: 'k8s' }), folder, values)).rejects.toThrow(
        'this worker has no `kubectl`, which renders the manifests: install it',
      );
    } finally {
      process.env.PATH = before;
    }
  });

  it('takes a List apart, and refuses what is no object', () => {
    const list = JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } }],
    });
    expect(parse(list, 'a.json')).toHaveLength(1);
    expect(() => parse('a: 1', 'a.yaml')).toThrow('a.yaml holds something that is no object of Kubernetes');
    expect(() => parse('a: [', 'a.yaml')).toThrow('a.yaml is no YAML');
  });

  it('leaves names that it does not know', () => {
    expect(fill('{{ environment }}/{{release}}/{{other}}', values)).toBe('staging/1.0.0/{{other}}');
  });
});
