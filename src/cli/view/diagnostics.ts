import type { Diagnostic } from '../../definition';
import type { Colours } from '../context';

/** The text of a document by file name, so that a fault is shown beside the line it is about. */
export type SourceTexts = ReadonlyMap<string, string>;

/** Long lines are cut around the fault: a file may be one line of JSON. */
const excerptWidth = 100;

/** Faults for people: where, what was found, what was expected, and the line itself with a mark. */
export function diagnosticsText(
  diagnostics: readonly Diagnostic[],
  kind: 'error' | 'warning',
  sources: SourceTexts,
  colours: Colours,
): string {
  return diagnostics.map((one) => diagnosticLines(one, kind, sources, colours).join('\n')).join('\n\n');
}

function diagnosticLines(
  { file, line, column, path, message, expected, suggestion }: Diagnostic,
  kind: 'error' | 'warning',
  sources: SourceTexts,
  { bold, red, yellow, dim }: Colours,
): readonly string[] {
  const word = kind === 'error' ? red('error') : yellow('warning');
  const lines = [`${bold(`${file}:${line}:${column}`)}  ${word}  ${message}`];
  if (path !== '') lines.push(`  at ${path}`);
  if (expected !== null) lines.push(`  expected ${expected}`);
  if (suggestion !== null) lines.push(`  did you mean ${suggestion}?`);
  const text = sources.get(file)?.split(/\r?\n/)[line - 1];
  if (text !== undefined && text.trim() !== '') lines.push(...excerpt(text, line, column).map((one) => dim(one)));
  return lines;
}

function excerpt(text: string, line: number, column: number): readonly string[] {
  const from = Math.max(0, Math.min(column - 1 - excerptWidth / 2, text.length - excerptWidth));
  // A tab would put the mark elsewhere than under the fault.
  const shown = text.slice(from, from + excerptWidth).replaceAll('\t', ' ');
  const margin = String(line);
  return [`  ${margin} | ${shown}`, `  ${' '.repeat(margin.length)} | ${' '.repeat(Math.max(0, column - 1 - from))}^`];
}
