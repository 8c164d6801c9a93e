// Makes src/console/openapi/shapes.ts: the JSON Schemas of what the console's API answers with, from its types.
// `--check` says whether the file is of the present types, and changes nothing.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGenerator } from 'ts-json-schema-generator';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const types = join(root, 'src/console/openapi/answers.ts');
const file = join(root, 'src/console/openapi/shapes.ts');

const { definitions } = createGenerator({
  path: types,
  tsconfig: join(root, 'tsconfig.json'),
  type: 'Answers',
  skipTypeCheck: true,
  additionalProperties: false,
  jsDoc: 'extended',
}).createSchema('Answers');

/** `Partial<Pick<A,"b">>` is no name for a component. */
const nameOf = (text) =>
  decodeURIComponent(text)
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
const renamed = (value) => {
  if (Array.isArray(value)) return value.map(renamed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) =>
      key === '$ref' ? [key, `${nameOf(inner.replace('#/definitions/', ''))}#`] : [key, renamed(inner)],
    ),
  );
};

const shapes = Object.entries(definitions)
  .filter(([name]) => name !== 'Answers')
  .map(([name, schema]) => ({ $id: nameOf(name), ...renamed(schema) }))
  .sort((a, b) => a.$id.localeCompare(b.$id));
const source = `// Made by scripts/generate-api-shapes.mjs from the types of answers.ts: \`npm run docs\`.
export const shapes: readonly Readonly<Record<string, unknown>>[] = ${JSON.stringify(shapes)};
`;
const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
const { stdout, status } = spawnSync(process.execPath, [biome, 'format', `--stdin-file-path=${file}`], {
  input: source,
  cwd: root,
  encoding: 'utf8',
});
if (status !== 0) throw new Error('the shapes cannot be formatted');

if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== stdout) {
    console.error('src/console/openapi/shapes.ts is not of the present types: run `npm run docs`');
    process.exitCode = 1;
  }
} else {
  writeFileSync(file, stdout);
  console.log(`wrote ${shapes.length} shapes`);
}
