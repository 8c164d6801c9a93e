import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { f0 } from './harness';

const fixtures = join(__dirname, '..', 'definition', 'import', 'fixtures');
const shop = join(__dirname, '..', '..', 'examples', 'shop');
const canary = join(fixtures, 'argo-canary.yaml');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'f0-import-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const here = () => ({ cwd: folder, env: { F0_HOME: join(folder, 'home') } });

describe('f0 import', () => {
  it('writes documents to standard output, and what it left out to standard error', async () => {
    const { code, stdout, stderr } = await f0(['import', canary]);

    expect(code).toBe(0);
    expect(parseAllDocuments(stdout).map((document) => document.toJS().kind)).toEqual([
      'ProductionWorkflow',
      'ProductionPlatform',
    ]);
    expect(stderr).toContain(`${canary}:11:3  warning  "revisionHistoryLimit" has no counterpart`);
    expect(stderr).toMatch(/instead .*Deployment/);
    expect(stderr).toContain('11 things are not taken over as they were.');
  });

  it.each([
    ['json', (text: string) => JSON.parse(text)],
    ['yaml', (text: string) => parse(text)],
  ] as const)('answers as %s with the documents and all that is unsupported', async (format, read) => {
    const { code, stdout, stderr } = await f0(['import', canary, '--output', format]);

    expect([code, stderr]).toEqual([0, '']);
    const answer = read(stdout);
    expect(Object.keys(answer)).toEqual(['documents', 'unsupported']);
    expect(answer.documents).toHaveLength(2);
    expect(answer.unsupported[0]).toEqual({
      file: canary,
      line: 8,
      column: 3,
      path: 'metadata.annotations',
      message: expect.any(String),
      remedy: expect.any(String),
    });
  });

  it('reads standard input, and several files as one', async () => {
    const [rollout = '', template = ''] = readFileSync(join(fixtures, 'argo-blue-green.yaml'), 'utf8').split('---\n');
    const file = join(folder, 'template.yaml');
    writeFileSync(file, template);

    const alone = await f0(['import', '-'], { stdin: rollout });
    const both = await f0(['import', '-', file], { stdin: rollout });

    expect(alone.code).toBe(1);
    expect(alone.stdout).toBe('');
    expect(alone.stderr).toContain('<stdin>:21:');
    expect(alone.stderr).toContain('the files hold no AnalysisTemplate "quiet"');
    expect(both.code).toBe(0);
  });

  it('gives its errors as JSON, and no documents', async () => {
    const { code, stdout } = await f0(['import', '-', '-o', 'json'], {
      stdin: 'kind: Deployment\napiVersion: apps/v1',
    });

    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      documents: [],
      errors: [{ file: '<stdin>', line: 1, path: 'kind', expected: expect.stringContaining('Rollout') }],
    });
  });

  it('writes a file, and another one in its place only when it is told to', async () => {
    const first = await f0(['import', canary, '--out', 'workflow.yaml'], here());
    const written = readFileSync(join(folder, 'workflow.yaml'), 'utf8');
    const second = await f0(['import', canary, '--out', 'workflow.yaml', '--environment', 'staging'], here());
    const third = await f0(['import', canary, '--out', 'workflow.yaml', '--environment', 'staging', '--force'], here());

    expect(first).toMatchObject({ code: 0, stdout: 'Wrote workflow.yaml\n' });
    expect(written).toContain('deploy_production');
    expect(second).toMatchObject({ code: 2, stderr: expect.stringContaining('--force') });
    expect(third.code).toBe(0);
    expect(readFileSync(join(folder, 'workflow.yaml'), 'utf8')).toContain('deploy_staging');
  });

  it('writes nothing where there are errors', async () => {
    const { code } = await f0(['import', '-', '--out', 'workflow.yaml'], { ...here(), stdin: '' });

    expect(code).toBe(1);
    expect(existsSync(join(folder, 'workflow.yaml'))).toBe(false);
  });

  it.each(['argo-canary', 'argo-analysis', 'argo-blue-green', 'flagger-canary', 'flagger-steps', 'kargo'])(
    'of %s gives what f0 validate and f0 plan take',
    async (name) => {
      const target = join(folder, 'workflow.yaml');
      await f0(['import', join(fixtures, `${name}.yaml`), '--out', target]);

      expect(await f0(['validate', target])).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('2 documents valid'),
      });
      const plan = await f0(['plan', target, '--release', '1.0.0', '--app', shop, '--offline', '-o', 'json'], here());
      expect(plan.code).toBe(0);
      expect(JSON.parse(plan.stdout).plan.stages.at(-1).deployment.cluster.type).toBe('kubernetes');
    },
  );

  it.each([
    ['no file', ['import']],
    ['a file that is not there', ['import', 'gone.yaml']],
    ['an environment of no name', ['import', canary, '--environment', 'a b']],
  ])('ends with code 2 for %s', async (_name, argv) => {
    expect((await f0(argv, here())).code).toBe(2);
  });

  it('shows examples in its help', async () => {
    const { code, stdout } = await f0(['import', '--help']);

    expect(code).toBe(0);
    expect(stdout).toContain('$ f0 import rollout.yaml analysis-templates.yaml > workflow.yaml');
  });
});
