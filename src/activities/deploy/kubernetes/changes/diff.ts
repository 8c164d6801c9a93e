import { isDeepStrictEqual } from 'node:util';
import type { FieldChange, FieldValue } from '../../../../contracts/cluster-changes';
import { elementPath, fieldPath } from './paths';

type Fields = Readonly<Record<string, unknown>>;
/** By the path of a list: the fields that its elements are known by. Any other list is one value. */
export type ListKeys = ReadonlyMap<string, readonly string[]>;

/** A page of text is enough to see what it is about; ConfigMaps hold whole files. */
const maxText = 400;

/** What is different in `after`, field by field, in the order of their paths. */
export function diff(before: unknown, after: unknown, listKeys: ListKeys): readonly FieldChange[] {
  const changes: FieldChange[] = [];
  compare('', before ?? {}, after ?? {}, listKeys, changes);
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Every field of an object with its value. */
export function leaves(object: unknown, listKeys: ListKeys): ReadonlyMap<string, FieldValue> {
  return new Map(diff({}, object, listKeys).map(({ path, after }) => [path, after]));
}

function compare(path: string, before: unknown, after: unknown, listKeys: ListKeys, changes: FieldChange[]): void {
  if (isDeepStrictEqual(before, after)) return;
  const [a, b] = [parts(path, before, listKeys), parts(path, after, listKeys)];
  // One that is not there at all has no parts; what has none on the other side is a value.
  const isInside = (a ?? before === undefined) && (b ?? after === undefined) && (a?.size || b?.size);
  if (!isInside) {
    const change = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
    changes.push({ path, change, before: told(before), after: told(after) });
    return;
  }
  for (const part of new Set([...(a?.keys() ?? []), ...(b?.keys() ?? [])])) {
    compare(part, a?.get(part), b?.get(part), listKeys, changes);
  }
}

/** Null: it has no parts that are told apart. */
function parts(path: string, value: unknown, listKeys: ListKeys): ReadonlyMap<string, unknown> | null {
  if (Array.isArray(value)) {
    const keys = listKeys.get(path);
    if (!keys || !value.every(isFields)) return null;
    return new Map(value.map((element) => [elementPath(path, pick(element, keys)), element]));
  }
  if (!isFields(value)) return null;
  return new Map(Object.entries(value).map(([name, below]) => [fieldPath(path, name), below]));
}

function pick(element: Fields, keys: readonly string[]): Fields {
  return Object.fromEntries(keys.map((key) => [key, element[key]]));
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function told(value: unknown): FieldValue {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' && value.length > maxText) {
    return `${value.slice(0, maxText)}… (${value.length} characters)`;
  }
  return value as FieldValue;
}
