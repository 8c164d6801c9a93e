import Table from 'cli-table3';
import type { Colours } from '../context';

const noLines = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
} as const;

/** Rows under headings, columns aligned, without lines: it can be read and cut by other programs. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[], colours: Colours): string {
  const grid = new Table({
    head: headings.map((heading) => colours.bold(heading)),
    chars: noLines,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
  });
  for (const row of rows) grid.push([...row]);
  return grid
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
