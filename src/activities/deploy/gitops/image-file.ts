import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { failure } from '../../../contracts/errors';
import { editHelmValues } from './helm-values';
import { editKustomization, kustomizationNames } from './kustomization';
import { editManifest, hasDeployment, type Workload } from './plain-manifest';
import type { Edited } from './yaml-edit';

/** Where in a working copy the image of an app is. */
export interface ImagePlace extends Workload {
  /** Inside the repository. */
  readonly path: string;
  /** Set: a file of Helm values has the digest in this field. */
  readonly imagePath: string | null;
}

export interface ImageEdit extends Edited {
  /** Inside the repository. */
  readonly file: string;
  readonly full: string;
  /** False: the digest is there already. */
  readonly isNew: boolean;
}

/** The one file that says which image runs, with the digest in it; what kind of file that is decides how it is edited. */
export async function editImage(folder: string, place: ImagePlace, digest: string): Promise<ImageEdit> {
  const { full, kind } = await find(folder, place);
  const file = path.relative(await realpath(folder), full);
  const text = await readFile(full, 'utf8');
  const edited = editors[kind](text, file, place, digest);
  return { file, full, isNew: edited.text !== text, ...edited };
}

const editors: Readonly<
  Record<Found['kind'], (text: string, file: string, place: ImagePlace, digest: string) => Edited>
> = {
  helm: (text, file, { imagePath, image }, digest) => editHelmValues(text, file, imagePath ?? '', image, digest),
  kustomization: (text, file, { image }, digest) => editKustomization(text, file, image, digest),
  manifest: editManifest,
};

interface Found {
  readonly full: string;
  readonly kind: 'helm' | 'kustomization' | 'manifest';
}

async function find(folder: string, place: ImagePlace): Promise<Found> {
  const full = await inside(folder, place.path);
  const isFolder = (await stat(full)).isDirectory();
  if (place.imagePath !== null) {
    return { full: isFolder ? await inside(folder, path.join(place.path, 'values.yaml')) : full, kind: 'helm' };
  }
  if (!isFolder) return { full, kind: isKustomization(path.basename(full)) ? 'kustomization' : 'manifest' };
  const names = (await readdir(full)).sort();
  const kustomization = names.find(isKustomization);
  if (kustomization) return { full: await inside(folder, path.join(place.path, kustomization)), kind: 'kustomization' };
  for (const name of names.filter((one) => /\.ya?ml$/.test(one))) {
    const file = await inside(folder, path.join(place.path, name));
    if (hasDeployment(await readFile(file, 'utf8'), path.join(place.path, name), place.workload)) {
      return { full: file, kind: 'manifest' };
    }
  }
  throw failure(
    'InvalidInput',
    `${place.path} in the repository has neither a kustomization nor a file with Deployment ${place.workload}; it has ${names.slice(0, 12).join(', ') || 'nothing'}`,
  );
}

/** A link in a repository must not lead to a file of the worker's. */
async function inside(folder: string, relative: string): Promise<string> {
  const root = await realpath(folder);
  const full = await realpath(path.resolve(root, relative)).catch(() => null);
  if (full === null) {
    const parent = path.dirname(path.resolve(root, relative));
    const siblings = (await readdir(parent).catch((): string[] => [])).filter((name) => name !== '.git');
    const there = siblings.length > 0 ? `; beside it are ${siblings.slice(0, 12).join(', ')}` : '';
    throw failure('NotFound', `the repository has no ${relative}${there}: set path of the cluster's gitops`);
  }
  if (full === root || full.startsWith(root + path.sep)) return full;
  throw failure('InvalidInput', `${relative} leads out of the repository: expected a path inside of it`);
}

function isKustomization(name: string): boolean {
  return kustomizationNames.some((one) => one === name);
}
