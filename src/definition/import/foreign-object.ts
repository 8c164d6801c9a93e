import type { PathSegment } from '../diagnostic';
import { readText, type Source } from '../read-text';
import type { SourceMap } from '../source-map';
import type { ImportReport } from './report';

/** An object of the Kubernetes API, as a file holds it. */
export interface ForeignObject {
  /** `argoproj.io`, without the version: the fields that are read are the same in all of them. */
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  /** Null: the file does not say. */
  readonly namespace: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly raw: Readonly<Record<string, unknown>>;
  readonly source: SourceMap;
  /** Where it begins in its document: not empty inside of a `List`. */
  readonly base: readonly PathSegment[];
}

type Fields = Readonly<Record<string, unknown>>;

/** All objects of the files; lists, as `kubectl get -o yaml` prints them, are taken apart. */
export function readObjects(files: readonly Source[], report: ImportReport): readonly ForeignObject[] {
  const objects = files.flatMap((file) => objectsOf(file, report));
  tellOfRepeated(objects, report);
  return objects;
}

/** Which of two is meant, nobody can tell. */
function tellOfRepeated(objects: readonly ForeignObject[], report: ImportReport): void {
  const seen = new Set<string>();
  for (const object of objects) {
    const { group, kind, namespace, name } = object;
    const identity = JSON.stringify([group, kind, namespace, name]);
    if (seen.has(identity) && name !== '') {
      report.error(
        { object, path: ['metadata', 'name'] },
        `the ${kind} "${name}" is there already`,
        'each object once',
      );
    }
    seen.add(identity);
  }
}

function objectsOf(file: Source, report: ImportReport): readonly ForeignObject[] {
  const { documents, errors } = readText(file);
  report.add(errors);
  return documents.flatMap(({ raw, source, faults }) => {
    report.add(faults.map((fault) => source.diagnostic(fault)));
    return faults.length > 0 ? [] : objectsIn(raw, source, [], report);
  });
}

function objectsIn(
  raw: unknown,
  source: SourceMap,
  base: readonly PathSegment[],
  report: ImportReport,
): readonly ForeignObject[] {
  const refuse = (path: readonly PathSegment[], message: string, expected: string) => {
    report.add([source.diagnostic({ path: [...base, ...path], message, expected })]);
    return [];
  };
  if (!isFields(raw)) return refuse([], 'this is no Kubernetes object', 'a map with apiVersion, kind and metadata');
  const { apiVersion, kind, metadata, items } = raw;
  if (typeof kind !== 'string') return refuse(['kind'], 'kind is missing', 'the kind of a Kubernetes object');
  if (typeof apiVersion !== 'string') {
    return refuse(['apiVersion'], 'apiVersion is missing', 'group and version, such as argoproj.io/v1alpha1');
  }
  if (kind.endsWith('List') && Array.isArray(items)) {
    return items.flatMap((item, index) => objectsIn(item, source, [...base, 'items', index], report));
  }
  const about = isFields(metadata) ? metadata : {};
  const { name, namespace, labels } = about;
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  return [
    {
      group,
      kind,
      // Whoever needs a name asks for it: a patch or a setting of some other tool may well have none.
      name: typeof name === 'string' ? name : '',
      namespace: typeof namespace === 'string' ? namespace : null,
      labels: isFields(labels) ? textsOf(labels) : {},
      raw,
      source,
      base,
    },
  ];
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textsOf(values: Fields): Record<string, string> {
  return Object.fromEntries(Object.entries(values).flatMap(([key, value]) => (isText(value) ? [[key, value]] : [])));
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
