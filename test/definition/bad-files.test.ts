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

/** A document that is right but for what is made here: too large to be kept. */
const head = 'apiVersion: framework0.io/v1\nkind: ProductionWorkflow\nmetadata: { name: large }\nspec:\n';
const stagesOf = (count: number) =>
  Array.from({ length: count }, (_, index) => `    - { name: stage-${index}, run: make }\n`).join('');

describe('limits', () => {
  it('refuses 2 MiB, and reads no line of it', () => {
    const [fault, ...others] = faultsOf('large.yaml', `${head}${'#'.repeat(2 * 1024 * 1024)}\n`);

    expect(others).toEqual([]);
    expect(fault).toMatchObject({ line: 1, column: 1, message: 'the file has 2049 KiB', expected: 'at most 1 MiB' });
  });

  it('counts bytes and not letters', () => {
    expect(faultsOf('euro.yaml', `# ${'€'.repeat(400_000)}\n${head}  pipeline_stages:\n${stagesOf(1)}`)).toMatchObject([
      { message: 'the file has 1173 KiB' },
    ]);
  });

  it('takes 1,000 stages and refuses 1,001', () => {
    const text = (count: number) => `${head}  pipeline_stages:\n${stagesOf(count)}`;

    expect(faultsOf('stages.yaml', text(1000))).toEqual([]);
    expect(faultsOf('stages.yaml', text(1001))).toMatchObject([
      {
        line: 6,
        column: 5,
        path: 'spec.pipeline_stages',
        message: '1001 entries is too much',
        expected: 'at most 1000 entries',
      },
    ]);
  });

  it('refuses what is nested without end, and does not go down into it', () => {
    const text = `${head}  pipeline_stages: ${'['.repeat(100_000)}${']'.repeat(100_000)}\n`;

    expect(faultsOf('deep.yaml', text)).toMatchObject([{ message: 'this is nested too deep to be read' }]);
  });
});

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
    faultsOf('proto.yaml', `${head}  __proto__: { polluted: true }\n  pipeline_stages:\n${stagesOf(1)}`);

    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
