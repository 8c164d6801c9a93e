import { isDeepStrictEqual } from 'node:util';
import { type Document, isMap, isScalar, type Pair, parseAllDocuments, type Scalar, type YAMLMap } from 'yaml';
import { failure } from '../../../contracts/errors';

/** A file with another value in one of its fields. The text is the same where the field had that value already. */
export interface Edited {
  /** What the field had; null: nothing. */
  readonly before: string | null;
  readonly text: string;
}

/** A part of a text, and what shall be there instead. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

type Path = readonly (string | number)[];

/** What an edit is meant to change; the value `undefined`: the field goes away. */
export interface Change {
  readonly document: number;
  readonly path: Path;
  readonly value: string | undefined;
}

/** All documents of a file. Throws `InvalidInput` when it is no YAML. */
export function parseFile(text: string, file: string): readonly Document.Parsed[] {
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents)) return [];
  for (const { errors } of documents) {
    const [fault] = errors;
    if (fault) throw failure('InvalidInput', `${file} is no YAML: ${fault.message}`);
  }
  return documents;
}

/** The pair of a map by its key; null: it has none of its own. */
export function pairOf(map: YAMLMap, key: string): Pair | null {
  return map.items.find((pair) => isScalar(pair.key) && pair.key.value === key) ?? null;
}

/**
 * Text with a value in the place of another, quoted as that was: `yaml` finds the place, and every other byte stays, which
 * writing the document anew would not do.
 */
export function replaceScalar(text: string, node: unknown, value: string, what: string): Splice {
  if (!isScalar(node) || !node.range || isBlock(node)) {
    throw failure('InvalidInput', `${what} is ${nameOf(node)}: expected a plain or quoted value`);
  }
  const [start, end] = node.range;
  if (node.type === 'QUOTE_DOUBLE') return { start, end, text: `"${value}"` };
  if (node.type === 'QUOTE_SINGLE') return { start, end, text: `'${value}'` };
  if (end > start) return { start, end, text: value };
  // Nothing is there but a colon: it must not touch what it stands between.
  const before = /\s/.test(text[start - 1] ?? '') ? '' : ' ';
  const after = /[\s,}]/.test(text[end] ?? ' ') ? '' : ' ';
  return { start, end, text: `${before}${value}${after}` };
}

/** Text with a further field behind another one of the same map. */
export function insertAfter(text: string, map: YAMLMap, key: string, field: string, value: string): Splice {
  const pair = pairOf(map, key);
  if (!isScalar(pair?.key) || !pair.key.range || !isScalar(pair.value) || !pair.value.range) {
    throw failure('InvalidInput', `${key} has no plain value, and so ${field} cannot be put behind it: add ${field}`);
  }
  const [, end] = pair.value.range;
  if (map.flow) return { start: end, end, text: `, ${field}: ${value}` };
  const [keyStart] = pair.key.range;
  const indent = ' '.repeat(keyStart - text.lastIndexOf('\n', keyStart - 1) - 1);
  const lineEnd = /\r?\n|$/g;
  lineEnd.lastIndex = end;
  const found = lineEnd.exec(text);
  const newline = found?.[0] || (text.includes('\r\n') ? '\r\n' : '\n');
  const start = found?.index ?? text.length;
  return { start, end: start, text: `${newline}${indent}${field}: ${value}` };
}

/** Makes the splices, and sees to it that they have changed what was meant, and nothing else. */
export function edit(text: string, file: string, splices: readonly Splice[], changes: readonly Change[]): string {
  const inverse = [...splices].sort((a, b) => b.start - a.start);
  const edited = inverse.reduce((all, { start, end, text: part }) => all.slice(0, start) + part + all.slice(end), text);
  const expected = parseFile(text, file).map(plain);
  for (const { document, path, value } of changes) expected[document] = withValue(expected[document], path, value);
  if (isDeepStrictEqual(parseFile(edited, file).map(plain), expected)) return edited;
  const fields = changes.map(({ path }) => path.join('.')).join(' and ');
  throw failure(
    'InvalidInput',
    `${file}: ${fields} cannot be changed alone; does it have an anchor that other fields refer to? Give it a value of its own`,
  );
}

/** Without what aliases share: each field for itself. */
function plain(document: Document.Parsed): unknown {
  return JSON.parse(JSON.stringify(document.toJS() ?? null));
}

function withValue(content: unknown, [key, ...rest]: Path, value: string | undefined): unknown {
  if (key === undefined) return value;
  if (Array.isArray(content)) return content.map((one, index) => (index === key ? withValue(one, rest, value) : one));
  const object = { ...(content as Record<string, unknown>) };
  const changed = withValue(object[key], rest, value);
  if (changed === undefined) delete object[key];
  else object[key] = changed;
  return object;
}

function isBlock({ type }: Scalar): boolean {
  return type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED';
}

function nameOf(node: unknown): string {
  if (isScalar(node)) return 'text of several lines';
  return isMap(node) ? 'a map' : 'an alias or a list';
}
