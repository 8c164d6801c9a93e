import { type Document, isScalar, type LineCounter, parseAllDocuments, visit } from 'yaml';

/** The language itself has ten levels; the settings of a cluster may go further. */
export const maxDepth = 50;

/** Null: the parser goes down into what is nested by calls, and ran out of stack; it throws that, or lists it. */
export function parseText(text: string, lineCounter: LineCounter): readonly Document.Parsed[] | null {
  try {
    const all = parseAllDocuments(text, {
      lineCounter,
      logLevel: 'error',
      merge: true,
      prettyErrors: false,
      uniqueKeys: false,
      version: '1.2',
    });
    const documents = Array.isArray(all) ? all : [];
    return documents.some(({ errors }) => errors.some(({ message }) => /call stack/i.test(message))) ? null : documents;
  } catch {
    return null;
  }
}

/** Nothing between two `---`, or after the last one. */
export function isEmpty(contents: Document['contents']): boolean {
  return contents === null || (isScalar(contents) && contents.value === null);
}

/** Offsets of keys that their map has already. The parser's own search takes a minute for a map of a mebibyte. */
export function repeatedKeys(document: Document): readonly number[] {
  const offsets: number[] = [];
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (seen.has(name)) offsets.push(key.range?.[0] ?? 0);
        seen.add(name);
      }
    },
  });
  return offsets;
}

/** An alias may name what it is in: that is nested without end. */
export function isFlat(value: unknown, around: readonly object[]): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (around.length >= maxDepth || around.includes(value)) return false;
  return Object.values(value).every((inner) => isFlat(inner, [...around, value]));
}

/** UTF-8; there is no Buffer where workflows run. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
  }
  return bytes;
}
