import type { Unsupported } from '../../definition';
import type { Colours } from '../context';

/** What an import left out, for people: where it stands, what becomes of it, what to do. */
export function unsupportedText(entries: readonly Unsupported[], { bold, yellow, dim }: Colours): string {
  if (entries.length === 0) return '';
  const lines = entries.flatMap(({ file, line, column, path, message, remedy }) => [
    `${bold(`${file}:${line}:${column}`)}  ${yellow('warning')}  ${message}`,
    dim(`  at ${path}`),
    `  instead ${remedy}`,
  ]);
  const count = `${entries.length} ${entries.length === 1 ? 'thing is' : 'things are'} not taken over as they were.`;
  return [...lines, '', count].join('\n');
}
