import { isMap } from 'yaml';
import { failure } from '../../../contracts/errors';
import { nearestName } from '../../../definition/nearest-name';
import { textOf } from './kustomization';
import { type Edited, edit, parseFile, replaceScalar } from './yaml-edit';

/** The digest in a field of Helm's values, such as `image.digest`; a field that holds the whole image gets the whole. */
export function editHelmValues(text: string, file: string, field: string, image: string, digest: string): Edited {
  const [document] = parseFile(text, file);
  const path = field.split('.');
  let node: unknown = document?.contents;
  for (const [index, key] of path.entries()) {
    const keys = isMap(node) ? node.items.map((pair) => String(textOf(pair.key))) : [];
    if (!isMap(node) || !keys.includes(key)) throw noField(file, path.slice(0, index + 1), keys);
    node = node.get(key, true);
  }
  const before = textOf(node);
  const isWhole = before?.startsWith(image) && /^[:@]/.test(before.slice(image.length));
  const value = isWhole ? `${image}@${digest}` : digest;
  if (before === value) return { before, text };
  const splice = replaceScalar(text, node, value, `${file}: ${field}`);
  return { before, text: edit(text, file, [splice], [{ document: 0, path, value }]) };
}

function noField(file: string, path: readonly string[], siblings: readonly string[]) {
  const key = path.at(-1) ?? '';
  const near = nearestName(key, siblings);
  const there = siblings.length > 0 ? `beside it are ${siblings.slice(0, 12).join(', ')}` : 'there is no field at all';
  return failure(
    'InvalidInput',
    `${file} has no field ${path.join('.')}; ${there}${near ? `; did you mean ${near}?` : ''} Add it, or set image_path of the cluster's gitops`,
  );
}
