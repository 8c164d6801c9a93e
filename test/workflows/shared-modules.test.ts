import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const src = join(__dirname, '..', '..', 'src');

/** Whatever the bundle may be made of. */
const files = ['workflows', 'contracts', 'definition', 'analytics', 'tracing/workflow-interceptors.ts'].flatMap(
  (room) =>
    room.endsWith('.ts')
      ? [room]
      : readdirSync(join(src, room), { recursive: true, encoding: 'utf8' })
          .filter((name) => name.endsWith('.ts'))
          .map((name) => `${room}/${name}`),
);

/** At the top of a module: a variable, or a collection that may change. */
const state =
  /^(?:export )?(?:let|var) .*|^(?:export )?const \w+(?:: (?!Readonly)[^=]+)? = (?:new (?:Weak)?(?:Map|Set)|\[\]|\{\};).*/gm;

describe('modules that all workflows of a worker share', () => {
  it.each(files)('%s keeps no state, which would leak from one run into another', (file) => {
    expect(readFileSync(join(src, file), 'utf8').match(state) ?? []).toEqual([]);
  });

  it.each([
    'let count = 0;',
    'export const seen = new Set<string>();',
    'const seen: Map<string, string> = new Map();',
    'const all: string[] = [];',
  ])('would be caught with %s', (line) => {
    expect(line.match(state)).toEqual([line]);
  });
});
