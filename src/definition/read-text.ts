import { type Document, LineCounter } from 'yaml';
import type { Diagnostic } from './diagnostic';
import { type Fault, SourceMap } from './source-map';
import { aliasFaults, syntaxFaults } from './syntax-faults';
import { byteLength, isEmpty, isFlat, maxDepth, parseText, repeatedKeys } from './yaml-text';

export interface Source {
  /** How messages name it; nothing is read. */
  readonly file: string;
  readonly text: string;
}

/** One document of a file as plain values, whatever its kind. */
export interface TextDocument {
  readonly source: SourceMap;
  readonly raw: unknown;
  /** Why its values could not be had; then `raw` is undefined. */
  readonly faults: readonly Fault[];
  /** No key is given twice. */
  readonly isSound: boolean;
}

/** Larger documents are not written by people, and cost memory before they can be refused. */
const maxBytes = 1024 * 1024;
/** Each alias copies what it names: more than this is an attack or an accident. */
const maxAliases = 100;
const tooDeep = 'this is nested too deep to be read';
const deepest = `at most ${maxDepth} levels`;

/** The documents of a file of YAML or JSON, without those that are empty or broken: of these `errors` tells. */
export function readText({ file, text }: Source): {
  readonly documents: readonly TextDocument[];
  readonly errors: readonly Diagnostic[];
} {
  const refuse = (message: string, expected: string | null) => ({
    documents: [],
    errors: [{ file, line: 1, column: 1, path: '', message, expected, suggestion: null }],
  });
  const bytes = byteLength(text);
  if (bytes > maxBytes) return refuse(`the file has ${Math.ceil(bytes / 1024)} KiB`, 'at most 1 MiB');
  const lines = new LineCounter();
  const parsed = parseText(text, lines);
  if (parsed === null) return refuse(tooDeep, deepest);
  const present = parsed.filter(({ contents, errors }) => !isEmpty(contents) || errors.length > 0);
  if (present.length === 0) return refuse('the file is empty', 'at least one document');

  const errors: Diagnostic[] = [];
  const documents: TextDocument[] = [];
  for (const document of present) {
    const faults = [...syntaxFaults(document, { file, text }), ...aliasFaults(document)];
    for (const { offset, ...fault } of faults) {
      const { line, col } = lines.linePos(offset);
      errors.push({ file, line, column: col, path: '', suggestion: null, ...fault });
    }
    // After a fault of syntax nothing is where it seems to be.
    if (faults.length > 0) continue;
    const repeated = repeatedKeys(document).map((offset) => lines.linePos(offset));
    const fault = { file, path: '', message: 'this key is given twice', expected: 'each key once', suggestion: null };
    for (const { line, col } of repeated) errors.push({ ...fault, line, column: col });
    const source = new SourceMap(file, document, lines);
    documents.push({ source, isSound: repeated.length === 0, ...valuesOf(document) });
  }
  return { documents, errors };
}

function valuesOf(document: Document): Pick<TextDocument, 'raw' | 'faults'> {
  const refuse = (message: string, expected: string) => ({ raw: undefined, faults: [{ path: [], message, expected }] });
  let raw: unknown;
  try {
    raw = document.toJS({ maxAliasCount: maxAliases });
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('Merge sources')) {
      return refuse('a "<<" takes over what is no map', 'an alias of a map, or a list of those');
    }
    return refuse('the aliases of this document multiply beyond reason', `at most ${maxAliases} copies by aliases`);
  }
  return isFlat(raw, []) ? { raw, faults: [] } : refuse(tooDeep, deepest);
}
