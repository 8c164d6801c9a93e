import { type Document, isAlias, visit } from 'yaml';
import type { Source } from './read-text';

/** A place in the text where it stops being YAML or JSON. */
export interface SyntaxFault {
  readonly offset: number;
  readonly message: string;
  readonly expected: string | null;
}

/** By the parser's codes: what it says of its own grammar helps nobody who does not know that. */
const words: Readonly<Record<string, readonly [message: string, expected: string]>> = {
  BAD_DQ_ESCAPE: ['this is no escape that text in double quotes may have', 'two backslashes for one, or single quotes'],
  BAD_SCALAR_START: ['text cannot begin with this sign', 'quotes around the text'],
  BLOCK_AS_IMPLICIT_KEY: [
    'there is a second key or list where a value was begun',
    'one indentation for all keys of a map',
  ],
  BLOCK_IN_FLOW: [
    'a comma is missing, or a list or map of several lines is inside brackets',
    'a comma between two entries',
  ],
  KEY_OVER_1024_CHARS: ['this key is too long', 'at most 1024 letters'],
  MULTILINE_IMPLICIT_KEY: ['this line is no field', 'a key, a colon, a space and a value'],
  MULTIPLE_ANCHORS: ['this has two anchors', 'one'],
  MULTIPLE_TAGS: ['this has two tags', 'one'],
};

/**
 * The faults of syntax of one document. After the first one the parser sees faults in what is right, so it is the only
 * one that is told.
 */
export function syntaxFaults({ errors }: Document.Parsed, { file, text }: Source): readonly SyntaxFault[] {
  if (errors.length === 0) return [];
  const json = file.endsWith('.json') ? jsonFault(text) : null;
  if (json) return [json];
  const tabs = errors.filter(({ code }) => code === 'TAB_AS_INDENT');
  const [tab] = tabs;
  if (tab) {
    const others =
      tabs.length > 1 ? `, here and in ${tabs.length - 1} more ${tabs.length > 2 ? 'places' : 'place'}` : '';
    return [{ offset: tab.pos[0], message: 'a tab is used for indentation', expected: `spaces${others}` }];
  }
  const [first] = [...errors].sort((one, other) => one.pos[0] - other.pos[0]);
  if (!first) return [];
  const [message, expected] = words[first.code] ?? closing(first.message);
  return [{ offset: Math.min(first.pos[0], lastPlace(text)), message, expected }];
}

/** More are no writing of people, and the parser looks for the anchor of each among all others. */
const maxAliases = 1000;

/** Aliases of which nothing before them is the anchor, those that are inside of what they name, and too many of them. */
export function aliasFaults(document: Document): readonly SyntaxFault[] {
  const anchors = new Map<string, unknown>();
  const faults: SyntaxFault[] = [];
  let count = 0;
  visit(document, {
    Node: (_, node, path) => {
      if (!isAlias(node)) {
        if (node.anchor) anchors.set(node.anchor, node);
        return undefined;
      }
      count += 1;
      if (count > maxAliases) return visit.BREAK;
      const { source } = node;
      const target = anchors.get(source);
      if (target !== undefined && !path.some((around) => around === target)) return undefined;
      const [message, expected] = target
        ? [`the alias "${source}" is inside of what it names`, 'an alias outside']
        : [`there is no anchor "${source}" before this alias`, `&${source} at what is meant`];
      faults.push({ offset: node.range?.[0] ?? 0, message, expected });
      return undefined;
    },
  });
  if (count <= maxAliases) return faults;
  const message = 'the aliases of this document multiply beyond reason';
  return [{ offset: 0, message, expected: `at most ${maxAliases} aliases` }];
}

/** What opens a bracket or a quote and never closes it is told by its closing sign; the rest is left to the parser's words. */
function closing(message: string): readonly [message: string, expected: string | null] {
  const sign = /(?:end with an? |closing )(["'\]}])/.exec(message)?.[1];
  if (sign) return [`what was opened before is not closed by ${sign}`, sign];
  if (message.startsWith('Missing , ')) return ['a comma is missing', 'a comma between two entries'];
  if (message.startsWith('Unexpected'))
    return ['nothing of this kind can stand here', 'quotes around text that has signs in it, and brackets in pairs'];
  return [message.replace(/\s*\n[\s\S]*/, ''), null];
}

/** A parser of YAML looks for the fault of a JSON document elsewhere than a person does. Null: JSON's has found none, or no place. */
function jsonFault(text: string): SyntaxFault | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    const [, what = found, offset] = /^(.*?)(?: in JSON)? at position (\d+)/.exec(found) ?? [];
    if (offset !== undefined)
      return {
        offset: Math.min(Number(offset), lastPlace(text)),
        message: `this is not JSON: ${what}`,
        expected: null,
      };
    const atEnd = {
      offset: text.trimEnd().length,
      message: 'the JSON ends too early',
      expected: 'every bracket closed',
    };
    return /end of JSON/.test(found) ? atEnd : null;
  }
}

/** What is missing at the end is missing after the last thing that is there, and not some empty lines later. */
function lastPlace(text: string): number {
  return text.trimEnd().length;
}
