import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import { parse, parseAllDocuments } from 'yaml';
import type { Diagnostic } from '../../src/definition';
import type { ReleasePlan } from '../../src/definition/release-plan';
import { f0 } from './harness';

const examples = join(__dirname, '..', '..', 'examples');
const example = join(examples, 'enterprise-deployment-pipeline.yaml');
const shop = join(examples, 'shop');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'f0-documents-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const here = () => ({ cwd: folder, env: { F0_HOME: join(folder, 'home') } });

interface Verdict {
  readonly valid: boolean;
  readonly errors: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
}

describe('f0 validate', () => {
  it('finds the example document valid', async () => {
    expect(await f0(['validate', example])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('1 document valid'),
    });
    const { stdout } = await f0(['validate', example, '--output', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ valid: true, errors: [] });
  });

  it('gives position, path and the nearest name of each fault as JSON', async () => {
    const broken = readFileSync(example, 'utf8').replace(
      'requires: [deploy_development]',
      'requires: [deploy_develpment]',
    );

    const { code, stdout } = await f0(['validate', file('w.yaml', broken), '-o', 'json']);

    const verdict = JSON.parse(stdout) as Verdict;
    expect(code).toBe(1);
    expect(verdict.valid).toBe(false);
    const fault = verdict.errors.find((one) => one.suggestion === 'deploy_development');
    expect(fault).toMatchObject({
      file: join(folder, 'w.yaml'),
      line: expect.any(Number),
      path: 'spec.pipeline_stages[2].requires[0]',
    });
    expect(Object.keys(fault ?? {}).sort()).toEqual([
      'column',
      'expected',
      'file',
      'line',
      'message',
      'path',
      'suggestion',
    ]);
  });

  it('shows the line that is meant, with a mark under the place', async () => {
    const { code, stdout } = await f0(['validate', '-'], {
      stdin: readFileSync(example, 'utf8').replace('error_rate > 5%', 'error_rate >> 5%'),
    });

    expect(code).toBe(1);
    expect(stdout).toMatch(/<stdin>:\d+:\d+ {2}error/);
    const [line = '', mark = ''] = stdout.split('\n').filter((one) => one.includes(' | '));
    expect(line.slice(mark.indexOf('^'))).toMatch(/^['"]?(error_rate|>>|\[|alerts)/);
  });

  it.each([
    ['an empty file', ''],
    ['tabs', 'apiVersion: framework0.io/v1\n\tkind: ProductionWorkflow\n'],
    ['a key twice', 'apiVersion: framework0.io/v1\napiVersion: framework0.io/v1\n'],
    ['2 MiB', `# ${'x'.repeat(2 * 1024 * 1024)}`],
    ['another apiVersion', 'apiVersion: framework0.io/v9\nkind: ProductionWorkflow\n'],
    ['another kind', 'apiVersion: framework0.io/v1\nkind: ProductionWorkflw\n'],
    ['a billion laughs', laughs()],
    ['no mapping', '- 1\n- 2\n'],
    ['bytes that are no text', '\u0000\u0001\u0002'],
  ])('refuses %s with a position, code 1 and no stack', async (_name, text) => {
    const { code, stdout, stderr } = await f0(['validate', file('bad.yaml', text), '-o', 'json']);

    const { valid, errors } = JSON.parse(stdout) as Verdict;
    expect([code, valid]).toEqual([1, false]);
    expect(errors.length).toBeGreaterThan(0);
    for (const fault of errors)
      expect([fault.line > 0, fault.column > 0, fault.message !== '']).toEqual([true, true, true]);
    expect(stdout + stderr).not.toMatch(/\n\s+at .*:\d+:\d+/);
  });

  it.each([
    ['a file that is not there', 'nowhere.yaml', 'there is no such file'],
    ['a folder', '.', 'it is a folder'],
  ])('says of %s why it cannot be read, with code 2', async (_name, path, why) => {
    expect(await f0(['validate', path], here())).toMatchObject({ code: 2, stderr: expect.stringContaining(why) });
  });
});

describe('f0 plan', () => {
  it('prints stages, gates and steps in their order, and changes nothing', async () => {
    const { code, stdout } = await f0(['plan', example, '--release', '1.2.0', '--app', shop], here());

    expect(code).toBe(0);
    const order = ['build_and_test', 'deploy_development', 'deploy_staging', 'deploy_production'];
    const places = order.map((stage) => stdout.indexOf(`. ${stage}`));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
    expect(stdout).toContain('asks 1 approval (manual_approval)');
    expect(stdout).toContain('blue_green into production');
    expect(stdout).toContain('Nothing stands in its way now.');
    expect(stdout).toContain('decisions are not signed: whoever reaches Temporal may decide under any name');
  });

  it.each([
    ['', 'decisions may be signed (console); unsigned ones count too'],
    ['unsigned_approvals: false, ', 'decisions must be signed (console)'],
  ])('says what decisions must be: %s', async (unsigned, sentence) => {
    const platform = join(folder, 'signing.yaml');
    const keys = `signing_keys: [{ id: console, public_key: "${Buffer.alloc(32, 1).toString('base64')}" }]`;
    writeFileSync(
      platform,
      `apiVersion: framework0.io/v1\nkind: ProductionPlatform\nmetadata: { name: p }\nspec:\n  clusters: { "*": { type: local } }\n  identity: { ${unsigned}${keys} }\n`,
    );

    const args = ['plan', example, '--release', '1', '--app', shop, '--platform', platform];

    expect((await f0(args, here())).stdout).toContain(sentence);
  });

  it('gives the plan and what stands in its way as JSON', async () => {
    const { stdout } = await f0(['plan', example, '--release', '1.2.0', '--app', shop, '-o', 'json'], here());

    const { plan, refusals } = JSON.parse(stdout) as { plan: ReleasePlan; refusals: unknown[] };
    expect(plan).toMatchObject({
      name: 'enterprise-deployment-pipeline',
      release: '1.2.0',
      app: { name: 'shop', source: shop },
    });
    expect(refusals).toEqual([]);
  });

  it('names the freeze window that would hold a stage, and until when', async () => {
    const start = new Date(Date.now() - 60_000).toISOString();
    const platform = file(
      'platform.yaml',
      `apiVersion: framework0.io/v1
kind: ProductionPlatform
metadata: { name: p }
spec:
  clusters: { '*': { type: local } }
  freezes: [{ name: holidays, reason: nobody is here, environments: [production], start: "${start}", duration: 1h }]
`,
    );

    const { code, stdout } = await f0(
      ['plan', example, '--release', '1', '--app', shop, '--platform', platform],
      here(),
    );

    expect(code).toBe(0);
    expect(stdout).toMatch(/would be refused or held {2}deploy_production: freeze holidays: nobody is here, until 2/);
  });

  it('finds the app in the folder it is called in', async () => {
    const { code } = await f0(['plan', example, '--release', '1.2.0'], { ...here(), cwd: join(shop, 'lib') });

    expect(code).toBe(0);
  });

  it('says that there is no app', async () => {
    const workflow = file('workflow.yaml', readFileSync(example, 'utf8'));

    const { code, stderr } = await f0(['plan', workflow, '--release', '1.2.0'], here());

    expect([code, stderr]).toEqual([2, expect.stringContaining('no f0.app.yaml')]);
  });

  it('refuses a test that the app does not have, at plan time', async () => {
    const app = join(folder, 'app');
    mkdirSync(app);
    writeFileSync(
      join(app, 'f0.app.yaml'),
      readFileSync(join(shop, 'f0.app.yaml'), 'utf8').replace('unit_tests:', 'unit_test:'),
    );

    const { code, stdout } = await f0(['plan', example, '--release', '1', '--app', app, '-o', 'json'], here());

    expect(code).toBe(1);
    expect((JSON.parse(stdout) as Verdict).errors).toEqual([expect.objectContaining({ suggestion: 'unit_test' })]);
  });

  it.each([
    ['no release', ['plan', example]],
    ['an input without a value', ['plan', example, '--release', '1', '--input', 'region']],
    ['a scale of nothing', ['plan', example, '--release', '1', '--time-scale', '0']],
  ])('ends with code 2 for %s', async (_name, argv) => {
    expect((await f0(argv, here())).code).toBe(2);
  });
});

describe('f0 init', () => {
  it('writes documents that validate and plan', async () => {
    const written = await f0(['init', 'My App', '-o', 'json'], here());
    const app = join(folder, 'My App');

    expect(JSON.parse(written.stdout)).toMatchObject({ name: 'my-app' });
    const files = ['workflow.yaml', 'platform.yaml', 'f0.app.yaml'].map((name) => join(app, name));
    expect(await f0(['validate', ...files])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('3 documents valid'),
    });
    const plan = ['plan', files[0] ?? '', '--platform', files[1] ?? '', '--release', '1.0.0'];
    expect((await f0(plan, { ...here(), cwd: app })).code).toBe(0);
  });

  it('replaces nothing unless told to', async () => {
    const app = file('f0.app.yaml', 'mine');

    expect(await f0(['init'], here())).toMatchObject({ code: 2, stderr: expect.stringContaining('exists already') });
    expect(readFileSync(app, 'utf8')).toBe('mine');
    expect((await f0(['init', '--force'], here())).code).toBe(0);
    expect(readFileSync(app, 'utf8')).toContain('kind: App');
  });
});

describe('f0 schema', () => {
  it('prints a schema that takes the example, and refuses a broken one', async () => {
    const schema = JSON.parse((await f0(['schema', 'ProductionWorkflow'])).stdout);
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
    const document = parseAllDocuments(readFileSync(example, 'utf8'))[0]?.toJS();

    expect(validate(document)).toBe(true);
    expect(validate({ ...document, spec: {} })).toBe(false);
  });

  it('names the kinds there are', async () => {
    const { code, stderr } = await f0(['schema', 'ProductionWorkflw']);

    expect([code, stderr]).toEqual([2, expect.stringContaining('ProductionWorkflow, ProductionPlatform, App')]);
    expect(Object.keys(parse((await f0(['schema', '-o', 'yaml'])).stdout))).toContain('App');
  });
});

function laughs(): string {
  const levels = Array.from(
    { length: 12 },
    (_, level) => `l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(', ')}]`,
  );
  return ['l0: &l0 ha', ...levels].join('\n');
}
