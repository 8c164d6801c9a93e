import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml';
import { failure } from '../../../contracts/errors';
import { nearestName } from '../../../definition/nearest-name';
import {
  type Change,
  type Edited,
  edit,
  insertAfter,
  pairOf,
  parseFile,
  replaceScalar,
  type Splice,
} from './yaml-edit';

export const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

/**
 * The digest in the entry of `images` for an image. A `newTag` in it gives way to the digest, as by `kustomize edit set
 * image`; where there are both, Kustomize goes by the digest and the tag is left to whoever reads it.
 */
export function editKustomization(text: string, file: string, image: string, digest: string): Edited {
  const [document] = parseFile(text, file);
  const images = isMap(document?.contents) ? document.contents.get('images') : undefined;
  const entries = isSeq(images) ? images.items : [];
  const found = entries.flatMap((entry, index) => (isMap(entry) && isFor(entry, image) ? [{ entry, index }] : []));
  const [first] = found;
  if (!first || found.length > 1) throw noEntry(file, image, entries, found.length);
  const { entry, index } = first;
  const path = ['images', index];
  const before = textOf(entry.get('digest'));
  if (before === digest) return { before: digest, text };
  const set: Change = { document: 0, path: [...path, 'digest'], value: digest };
  const of = (splices: readonly Splice[], changes: readonly Change[]): Edited => ({
    before: before ?? textOf(entry.get('newTag')),
    text: edit(text, file, splices, changes),
  });
  const old = pairOf(entry, 'digest');
  if (old) return of([replaceScalar(text, old.value, digest, `${file}: the digest of ${image}`)], [set]);
  const tag = pairOf(entry, 'newTag');
  if (!tag) return of([insertAfter(text, entry, 'name', 'digest', digest)], [set]);
  const what = `${file}: newTag of ${image}`;
  return of(
    [replaceScalar(text, tag.key, 'digest', what), replaceScalar(text, tag.value, digest, what)],
    [{ ...set, path: [...path, 'newTag'], value: undefined }, set],
  );
}

/** By the name that the manifests have, or by the one that it is given. */
function isFor(entry: YAMLMap, image: string): boolean {
  return textOf(entry.get('name')) === image || textOf(entry.get('newName')) === image;
}

function noEntry(file: string, image: string, entries: readonly unknown[], count: number) {
  if (count > 1) return failure('InvalidInput', `${file} has ${count} entries for ${image} under images: expected one`);
  const names = entries.flatMap((entry) => (isMap(entry) ? [textOf(entry.get('name')) ?? ''] : []));
  const near = nearestName(image, names);
  const there = names.length > 0 ? `it has ${names.join(', ')}` : 'it has no images at all';
  return failure(
    'InvalidInput',
    `${file} has no entry for ${image} under images; ${there}${near ? `; did you mean ${near}?` : ''} Expected \`- name: ${image}\` there, or another \`image\` under kubernetes in the manifest of the app`,
  );
}

export function textOf(value: unknown): string | null {
  if (isScalar(value)) return textOf(value.value);
  return value === undefined || value === null || value === '' ? null : String(value);
}
