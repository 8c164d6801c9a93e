import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManifestStore } from '../../../../src/activities/deploy/kubernetes/manifest-store';
import { Packages } from '../../../kubernetes/support/packages';
import { app, digestOf, manifests } from '../../../kubernetes/support/shop';

describe('the manifests of releases', () => {
  let folder: string;
  let unpacked: string[];
  let packages: Packages;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'f0-manifests-'));
    unpacked = [];
    packages = new (class extends Packages {
      override unpack(digest: string, into: string): Promise<void> {
        unpacked.push(digest);
        return super.unpack(digest, into);
      }
    })();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const ref = (release: string) => ({
    key: 'run/1',
    namespace: 'teashop',
    cluster: { name: 'test', type: 'kubernetes', settings: {} } as const,
    environment: 'test',
    app,
    release,
    digest: digestOf(release),
  });
  const ask = (store: ManifestStore, release: string) => {
    packages.putObjects(digestOf(release), manifests());
    return store.of(ref(release), 'teashop');
  };

  it('are rendered once for hundreds of them', async () => {
    const store = new ManifestStore(packages, folder);
    const releases = Array.from({ length: 500 }, (_, index) => `1.0.${index}`);
    for (let round = 0; round < 2; round += 1) await Promise.all(releases.map((release) => ask(store, release)));
    expect(unpacked).toHaveLength(500);
  });

  it('are forgotten when they are too many bytes, those first that nobody has asked for the longest', async () => {
    const { length } = JSON.stringify(await ask(new ManifestStore(packages, folder), 'x.0.0'));
    unpacked.length = 0;
    const store = new ManifestStore(packages, folder, 2.5 * length);
    for (const release of ['1.0.0', '2.0.0', '1.0.0', '3.0.0', '1.0.0', '2.0.0']) await ask(store, release);
    expect(unpacked).toEqual(['1.0.0', '2.0.0', '3.0.0', '2.0.0'].map(digestOf));
  });

  it('that could not be had are asked for again', async () => {
    const store = new ManifestStore(packages, folder);
    await expect(store.of(ref('1.0.0'), 'teashop')).rejects.toThrow('no package');
    expect((await ask(store, '1.0.0')).service.metadata?.name).toBe('shop');
  });
});
