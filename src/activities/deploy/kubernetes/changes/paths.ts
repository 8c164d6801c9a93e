/** The path of a field of an object: `spec.ports[port=80,protocol=TCP]`, `metadata.labels[a.b/c]`. */
export function fieldPath(parent: string, field: string): string {
  if (!/^[A-Za-z0-9_-]+$/.test(field)) return `${parent}[${field}]`;
  return parent === '' ? field : `${parent}.${field}`;
}

/** The path of an element of a list that is a map by some of its fields. */
export function elementPath(parent: string, key: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(key);
  const [only] = entries;
  const isName = entries.length === 1 && only?.[0] === 'name';
  return `${parent}[${isName ? only[1] : entries.map(([name, value]) => `${name}=${value}`).join()}]`;
}

export function isAtOrBelow(path: string, ancestor: string): boolean {
  return path === ancestor || path.startsWith(`${ancestor}.`) || path.startsWith(`${ancestor}[`);
}

/** What `fieldsV1` of `managedFields` says: which fields, and by which of their fields the elements of lists are known. */
export interface OwnedFields {
  /** Leaves; a list or map that is owned as one is one. */
  readonly paths: readonly string[];
  readonly listKeys: ReadonlyMap<string, readonly string[]>;
}

export function ownedFields(fieldsV1: object): OwnedFields {
  const paths: string[] = [];
  const listKeys = new Map<string, readonly string[]>();
  const walk = (node: object, path: string) => {
    const children = Object.entries(node).filter(([name]) => name !== '.');
    if (children.length === 0 && path !== '') paths.push(path);
    for (const [name, below] of children) {
      const [, type, value = ''] = /^([fkvi]):(.*)$/s.exec(name) ?? [];
      if (type === 'f') walk(below, fieldPath(path, value));
      else if (type === 'k') {
        const key = JSON.parse(value) as Record<string, unknown>;
        listKeys.set(path, Object.keys(key));
        walk(below, elementPath(path, key));
      } else if (type === 'v') {
        // An element of a set, such as a finalizer: told with its list, which has no other parts.
        paths.push(path);
      }
    }
  };
  walk(fieldsV1, '');
  return { paths: [...new Set(paths)], listKeys };
}
