import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { billOfMaterials } from '../../../src/activities/build/bill-of-materials';
import { readLockFile } from '../../../src/activities/build/lock-file';
import { useTemporaryFolder } from '../artifacts/temporary-folder';

const folder = useTemporaryFolder();
const subject = { app: 'shop', release: '1.0.0', sha256: 'a'.repeat(64) };
const files = [
  { path: 'index.js', sha256: 'b'.repeat(64), sizeBytes: 3 },
  { path: 'node_modules/a/index.js', sha256: 'c'.repeat(64), sizeBytes: 3 },
];

const lock = {
  name: 'shop',
  lockfileVersion: 3,
  packages: {
    '': { name: 'shop', dependencies: { a: '1', '@scope/b': '2', inner: '*' }, devDependencies: { tool: '1' } },
    'node_modules/a': {
      version: '1.0.0',
      resolved: 'https://registry.example/a/-/a-1.0.0.tgz',
      integrity: `sha512-${Buffer.alloc(64, 1).toString('base64')}`,
      license: 'MIT',
      dependencies: { c: '1' },
    },
    'node_modules/a/node_modules/c': { version: '1.5.0', license: '(MIT OR Apache-2.0)' },
    'node_modules/c': { version: '2.0.0', license: 'Some own licence' },
    'node_modules/@scope/b': { version: '2.0.0', dependencies: { c: '2' }, optionalDependencies: { missing: '1' } },
    'node_modules/tool': { version: '1.0.0', dev: true, dependencies: { c: '2' } },
    'node_modules/inner': { resolved: 'packages/inner', link: true },
    'packages/inner': { name: 'inner', version: '0.1.0', dependencies: { a: '1' } },
  },
};

interface Bill {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly components: readonly {
    readonly 'bom-ref': string;
    readonly type: string;
    readonly scope?: string;
    readonly licenses?: unknown;
    readonly hashes?: readonly { alg: string; content: string }[];
  }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

async function billOf(content: object): Promise<string> {
  await writeFile(path.join(folder.path, 'package-lock.json'), JSON.stringify(content));
  return billOfMaterials(subject, await readLockFile(folder.path), files);
}

describe('the bill of materials', () => {
  it('is valid CycloneDX 1.6 by the strict schema, and the same each time', async () => {
    const bill = await billOf(lock);

    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    expect(await validator.validate(bill)).toBeNull();
    expect(JSON.parse(bill)).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6' });
    expect(await billOf(lock)).toBe(bill);
  });

  it('lists each package once with its scope, hash and licence, and files outside node_modules', async () => {
    const { components } = JSON.parse(await billOf(lock)) as Bill;
    const byRef = Object.fromEntries(components.map((component) => [component['bom-ref'], component]));

    expect(Object.keys(byRef).sort()).toEqual([
      'file:index.js',
      'pkg:npm/%40scope/b@2.0.0',
      'pkg:npm/a@1.0.0',
      'pkg:npm/c@1.5.0',
      'pkg:npm/c@2.0.0',
      'pkg:npm/inner@0.1.0',
      'pkg:npm/tool@1.0.0',
    ]);
    expect(byRef['pkg:npm/a@1.0.0']).toMatchObject({
      scope: 'required',
      licenses: [{ license: { id: 'MIT' } }],
      hashes: [{ alg: 'SHA-512', content: '01'.repeat(64) }],
    });
    expect(byRef['pkg:npm/c@1.5.0']?.licenses).toEqual([{ expression: '(MIT OR Apache-2.0)' }]);
    expect(byRef['pkg:npm/c@2.0.0']?.licenses).toEqual([{ license: { name: 'Some own licence' } }]);
    expect(byRef['pkg:npm/tool@1.0.0']?.scope).toBe('excluded');
    expect(byRef['file:index.js']).toMatchObject({ type: 'file', hashes: [{ alg: 'SHA-256' }] });
  });

  it('tells who depends on whom as Node resolves it', async () => {
    const { dependencies } = JSON.parse(await billOf(lock)) as Bill;
    const of = (ref: string) => dependencies.find((dependency) => dependency.ref === ref)?.dependsOn;

    expect(of('shop')).toEqual([
      'pkg:npm/%40scope/b@2.0.0',
      'pkg:npm/a@1.0.0',
      'pkg:npm/inner@0.1.0',
      'pkg:npm/tool@1.0.0',
    ]);
    expect(of('pkg:npm/a@1.0.0')).toEqual(['pkg:npm/c@1.5.0']);
    expect(of('pkg:npm/%40scope/b@2.0.0')).toEqual(['pkg:npm/c@2.0.0']);
    expect(of('pkg:npm/inner@0.1.0')).toEqual(['pkg:npm/a@1.0.0']);
  });

  it('reads a real lock file of some hundred packages', async () => {
    const real = JSON.parse(await readFile(path.join(__dirname, '../../../package-lock.json'), 'utf8'));

    const bill = await billOf(real);

    expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(bill)).toBeNull();
    const names = (JSON.parse(bill) as Bill).components.map((component) => component['bom-ref']);
    expect(names.filter((name) => name.startsWith('pkg:npm/')).length).toBeGreaterThan(100);
    expect(new Set(names).size).toBe(names.length);
  });

  it('has the files alone where there is no lock file', async () => {
    const bill = billOfMaterials(subject, await readLockFile(folder.path), files);

    expect((JSON.parse(bill) as Bill).components).toHaveLength(1);
    expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(bill)).toBeNull();
  });
});
