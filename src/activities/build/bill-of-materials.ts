import { Contrib, Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import { PackageURL } from 'packageurl-js';
import parseSpdx from 'spdx-expression-parse';
import type { LockedPackage, LockFile } from './lock-file';
import type { PackedFile } from './package-archive';

export interface BillSubject {
  readonly app: string;
  readonly release: string;
  /** SHA-256 (hex) of the package. */
  readonly sha256: string;
}

/**
 * CycloneDX 1.6 (JSON): the npm packages that the lock file pins with how they depend on each other, and every file of
 * the package with its hash (those below `node_modules` are told by their packages). It has no time and no serial
 * number: the same package has the same bill. Packages that only development needs are in scope `excluded`.
 */
export function billOfMaterials(subject: BillSubject, lock: LockFile | null, files: readonly PackedFile[]): string {
  const app = new Models.Component(Enums.ComponentType.Application, subject.app, {
    version: subject.release,
    bomRef: subject.app,
    hashes: new Models.HashDictionary([[Enums.HashAlgorithm['SHA-256'], subject.sha256]]),
  });
  const bom = new Models.Bom({ metadata: new Models.Metadata({ component: app }) });
  if (lock) addPackages(bom, app, lock);
  for (const file of files) {
    if (`/${file.path}`.includes('/node_modules/')) continue;
    bom.components.add(
      new Models.Component(Enums.ComponentType.File, file.path, {
        bomRef: `file:${file.path}`,
        hashes: new Models.HashDictionary([[Enums.HashAlgorithm['SHA-256'], file.sha256]]),
      }),
    );
  }
  const factory = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
  return new Serialize.JsonSerializer(factory).serialize(bom, { sortLists: true, space: 1 });
}

function addPackages(bom: Models.Bom, app: Models.Component, lock: LockFile): void {
  const byPurl = new Map<string, Models.Component>();
  const byPath = new Map<string, Models.Component>();
  for (const locked of lock.packages) {
    const component = toComponent(locked);
    const purl = component.purl ?? locked.path;
    const known = byPurl.get(purl);
    // The same version installed twice is one component; needed at run time once is needed.
    if (known && component.scope === Enums.ComponentScope.Required) known.scope = component.scope;
    byPurl.set(purl, known ?? component);
    byPath.set(locked.path, known ?? component);
  }
  for (const component of byPurl.values()) bom.components.add(component);
  link(app, lock.direct, byPath);
  for (const locked of lock.packages) {
    const component = byPath.get(locked.path);
    if (component) link(component, locked.dependencies, byPath);
  }
}

function link(from: Models.Component, paths: readonly string[], byPath: ReadonlyMap<string, Models.Component>): void {
  for (const path of paths) {
    const dependency = byPath.get(path);
    if (dependency) from.dependencies.add(dependency.bomRef);
  }
}

const scopes = {
  required: Enums.ComponentScope.Required,
  optional: Enums.ComponentScope.Optional,
  dev: Enums.ComponentScope.Excluded,
} as const;

const licenses = new Contrib.License.Factories.LicenseFactory((expression) => {
  parseSpdx(expression);
});

function toComponent(locked: LockedPackage): Models.Component {
  const slash = locked.name.startsWith('@') ? locked.name.indexOf('/') : -1;
  const group = slash < 0 ? undefined : locked.name.slice(0, slash);
  const name = locked.name.slice(slash + 1);
  const purl = new PackageURL('npm', group, name, locked.version).toString();
  const component = new Models.Component(Enums.ComponentType.Library, name, {
    ...(group === undefined ? {} : { group }),
    version: locked.version,
    bomRef: purl,
    purl,
    scope: scopes[locked.scope],
    hashes: new Models.HashDictionary(hashesOf(locked.integrity)),
  });
  if (locked.license) component.licenses.add(licenses.makeFromString(locked.license));
  if (locked.resolved?.startsWith('http')) {
    component.externalReferences.add(
      new Models.ExternalReference(locked.resolved, Enums.ExternalReferenceType.Distribution),
    );
  }
  return component;
}

/** Integrity strings hold `algorithm-base64`, several with a space between. */
function hashesOf(integrity: string | null): Models.Hash[] {
  const algorithms: Readonly<Record<string, Enums.HashAlgorithm>> = {
    sha512: Enums.HashAlgorithm['SHA-512'],
    sha384: Enums.HashAlgorithm['SHA-384'],
    sha256: Enums.HashAlgorithm['SHA-256'],
    sha1: Enums.HashAlgorithm['SHA-1'],
  };
  return (integrity ?? '').split(' ').flatMap((part): Models.Hash[] => {
    const [name = '', encoded = ''] = part.split(/-(.*)/s);
    const algorithm = algorithms[name];
    return algorithm && encoded ? [[algorithm, Buffer.from(encoded, 'base64').toString('hex')]] : [];
  });
}
