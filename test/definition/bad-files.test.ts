import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Diagnostic, loadDocuments } from '../../src/definition';
import { faultsOfBadFiles } from './bad-files.table';

const folder = join(__dirname, '..', '..', 'examples', 'bad');
const files = readdirSync(folder);
const read = (file: string) => readFileSync(join(folder, file), 'utf8');
const faultsOf = (file: string, text = read(file)) => loadDocuments([{ file, text }]).errors;

/** As a row of the table has it: `line:column | path | message | expected | suggestion`, `-` for nothing. */
const rowOf = ({ line, column, path, message, expected, suggestion }: Diagnostic) =>
  [`${line}:${column}`, path || '-', message, expected ?? '-', suggestion ?? '-'].join(' | ');

describe('examples/bad', () => {
  it.each(files)('%s: every fault is told once, at its place, with what to do', (file) => {
    expect(faultsOf(file).map(rowOf)).toEqual(faultsOfBadFiles[file]);
  });

  it.each(files)('%s: no word of the libraries that read it reaches a person', (file) => {
    const told = faultsOf(file).flatMap(({ message, expected }) => [message, expected ?? '']);

    for (const text of told) {
      expect(text).not.toMatch(
        /zod|invalid (input|type|union|string)|\bNaN\b|undefined|\[object|implicit|flow (map|seq)/i,
      );
    }
  });

  it('has a row for every file', () => {
    expect(Object.keys(faultsOfBadFiles).sort()).toEqual([...files].sort());
  });
});

const head = 'apiVersion: framework0.io/v1\nkind: ProductionWorkflow\nmetadata: { name: names }\nspec:\n';

describe('names that every object has', () => {
  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'knows no environment, test or stage %s',
    (name) => {
      const text = [
        head,
        '  environments: { staging: { cluster: staging-k8s } }',
        '  pipeline_stages:',
        `    - { name: build, uses: exercise8/container-build, tests: [${name}] }`,
        `    - { name: to_staging, environment: ${name}, requires: [build, ${name}] }`,
        '---',
        'apiVersion: framework0.io/v1',
        'kind: App',
        'metadata: { name: shop }',
        'spec: { start: node server.js }',
      ].join('\n');

      expect(faultsOf('names.yaml', text).map(({ path }) => path)).toEqual([
        'spec.pipeline_stages[0].tests[0]',
        'spec.pipeline_stages[1].environment',
        'spec.pipeline_stages[1].requires[1]',
      ]);
    },
  );

  it('does not let a document change what all objects are', () => {
    faultsOf('proto.yaml', `${head}  __proto__: { polluted: true }\n  pipeline_stages: [{ name: build, run: make }]\n`);

    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
