import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Diagnostic } from '../../src/definition';
import { root, TestSystem } from './test-system';

const pipeline = join(root, 'examples', 'enterprise-deployment-pipeline.yaml');
const badFolder = join(root, 'examples', 'bad');
const stackTrace = /^ {4}at /m;

const workflow = (spec: object) =>
  JSON.stringify({ apiVersion: 'framework0.io/v1', kind: 'ProductionWorkflow', metadata: { name: 'bad' }, spec });

/** What is too big, or too strange, to lie among the examples. */
const generated: Readonly<Record<string, string | Buffer>> = {
  'two-mebibytes.yaml': `# ${'x'.repeat(2 * 1024 * 1024)}\n`,
  'bytes.yaml': Buffer.from([0xff, 0xfe, 0x00, 0x01, 0x80, 0xc3, 0x28]),
  'deep.yaml': `${'['.repeat(20_000)}`,
  'byte-order-mark-only.yaml': '\uFEFF',
  'too-many-stages.yaml': workflow({
    pipeline_stages: Array.from({ length: 1001 }, (_, index) => ({ name: `stage${index}`, run: 'true' })),
  }),
  'long-name.yaml': workflow({ pipeline_stages: [{ name: 'n'.repeat(10_000), run: 'true' }] }),
};

// No system runs here: nothing of this may need one.
describe('bad input', () => {
  const system = new TestSystem();
  const folder = mkdtempSync(join(tmpdir(), 'f0-bad-'));
  const files = [
    ...readdirSync(badFolder).map((name) => join(badFolder, name)),
    ...Object.keys(generated).map((name) => join(folder, name)),
  ];
  beforeAll(() => {
    for (const [name, content] of Object.entries(generated)) writeFileSync(join(folder, name), content);
  });
  afterAll(async () => {
    await system.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(files)('%s: exit 1, the place of each fault, no stack trace', async (file) => {
    const { code, stdout, stderr } = await system.f0('validate', file);

    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/:\d+:\d+ {2}error {2}\S/);
    expect(stdout).not.toMatch(stackTrace);
  });

  it('tells a program of every fault, with its place, in one object', async () => {
    const file = join(badFolder, 'several-faults.yaml');
    const answer = await system.json<{ valid: boolean; errors: readonly Diagnostic[] }>(['validate', file], 1);

    expect(answer.valid).toBe(false);
    expect(answer.errors.length).toBeGreaterThan(2);
    for (const error of answer.errors) {
      expect(error).toMatchObject({ file, message: expect.stringMatching(/\S/), path: expect.any(String) });
      expect(Math.min(error.line, error.column)).toBeGreaterThan(0);
    }
  });

  it('says what is right of the example, and the nearest name of what is not', async () => {
    const unknown = await system.f0('validate', join(badFolder, 'unknown-environment.yaml'));

    expect(await system.f0('validate', pipeline)).toMatchObject({ code: 0 });
    expect(unknown.stdout).toContain('did you mean staging?');
  });

  it.each([
    ['an unknown verb', ['aprove', 'x']],
    ['no arguments where one is needed', ['run']],
    ['no release', ['run', pipeline]],
    ['an unknown option', ['status', 'x', '--colour']],
    ['a scale that is no number', ['run', pipeline, '--release', '1', '--time-scale', 'slow']],
    ['an unknown output format', ['list', '--output', 'xml']],
    ['an input without a value', ['run', pipeline, '--release', '1', '--input', 'region']],
    ['a file that is not there', ['validate', 'nothing-here.yaml']],
    ['a folder instead of a file', ['validate', 'examples']],
    ['an export that is not there', ['audit', 'verify', '--file', 'nothing-here.jsonl']],
  ])('%s: exit 2, and what would be right', async (_name, args) => {
    const { code, stderr } = await system.f0(...args);

    expect({ code, stderr }).toMatchObject({ code: 2 });
    expect(stderr).toMatch(/\S/);
    expect(stderr).not.toMatch(stackTrace);
  });

  it.each([
    ['status', ['status', 'shop/1.0.0']],
    ['run', ['run', pipeline, '--release', '1.0.0', '--detach']],
    ['approve', ['approve', 'shop/1.0.0', '--as', 'bob', '--reason', 'fine']],
    ['list', ['list']],
    ['up', ['up']],
  ])('%s: exit 3 when Temporal is not reachable, and where it was looked for', async (_name, args) => {
    // Nobody listens on the port of the old discard service.
    const { code, stderr } = await system.start(args, { TEMPORAL_ADDRESS: '127.0.0.1:9' }).ended;

    expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining('127.0.0.1:9') });
    expect(stderr).not.toMatch(stackTrace);
  });
});
