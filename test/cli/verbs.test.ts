import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { parse } from 'yaml';
import { ProductionClient, type RunStatus, type RunTrace } from '../../src/client';
import { TaskQueue } from '../../src/contracts/task-queues';
import { waitFor } from '../../src/embedded/wait';
import { planOf } from '../client/plans';
import { devServer, workflowBundle } from '../support/temporal';
import { type CliOptions, f0 } from './harness';

async function until(question: () => Promise<boolean>): Promise<void> {
  expect(await waitFor(async () => ((await question()) ? true : null), { timeoutMs: 20_000 })).toBe(true);
}

const home = mkdtempSync(join(tmpdir(), 'f0-cli-'));

describe('the verbs of f0 about runs', () => {
  let server: TestWorkflowEnvironment;
  let worker: Worker;
  let running: Promise<void>;
  let options: CliOptions;

  beforeAll(async () => {
    server = await devServer();
    worker = await Worker.create({
      connection: server.nativeConnection,
      taskQueue: TaskQueue.orchestrate,
      workflowBundle: await workflowBundle(join(__dirname, '..', 'client', 'stand-ins.ts')),
    });
    running = worker.run();
    options = { env: { TEMPORAL_ADDRESS: server.address, TEMPORAL_UI_URL: 'http://ui', F0_HOME: home } };
  });

  afterAll(async () => {
    worker.shutdown();
    await running;
    await server.teardown();
    rmSync(home, { recursive: true, force: true });
  });

  /** And in Temporal's index, by which lists and short names find it: that learns of a run a moment later. */
  async function started(release: string, inputs: Record<string, boolean> = {}): Promise<void> {
    const client = new ProductionClient({ client: server.client });
    await client.start({ plan: planOf(release, { inputs }), author: { name: 'alice', source: 'cli' } });
    await until(async () => (await client.list({ release })).length > 0);
  }

  const asJson = async <T>(...argv: string[]): Promise<T> =>
    JSON.parse((await f0([...argv, '-o', 'json'], options)).stdout);

  it('shows a run as JSON, YAML and text', async () => {
    await started('shown', { asks: true });

    const json = await asJson<RunStatus>('status', 'shop/shown');
    const yaml = await f0(['status', 'shown', '--output', 'yaml'], options);
    const text = await f0(['status', 'shown'], options);

    expect(json).toMatchObject({
      workflowId: 'pipeline/tests/shop/shown',
      release: 'shown',
      phase: 'awaiting_approval',
      stages: [{ name: 'deploy_production', phase: 'running', reason: expect.any(String), endedAt: null }],
      awaiting: [{ stage: 'deploy_production', gate: 'manual_approval', quorum: 1, expiresAt: expect.any(String) }],
    });
    expect(parse(yaml.stdout)).toEqual(json);
    expect(text.stdout).toContain('f0 approve shop/shown --stage deploy_production');
    expect(text.stdout).not.toContain('\u001b[');
  });

  it('shows where the time of a run went', async () => {
    await started('traced', { asks: true });
    await f0(['approve', 'shop/traced', '--as', 'bob', '--reason', 'ok'], options);

    const json = await asJson<RunTrace>('trace', 'shop/traced');
    const text = await f0(['trace', 'traced'], options);
    const help = await f0(['trace', '--help'], options);
    const nothing = await f0(['trace', 'pipeline/tests/shop/never-there'], options);

    expect(json.root).toMatchObject({
      kind: 'workflow',
      name: 'pipeline',
      workflowId: 'pipeline/tests/shop/traced',
      outcome: 'completed',
      children: [{ kind: 'update', name: 'decide', outcome: 'completed' }],
    });
    expect(text.stdout).toMatch(/✔ pipeline.*█/);
    expect(text.stdout).toMatch(/└─✔ decide.*[◆█]/);
    expect(help.stdout).toContain('f0 trace shop/1.2.0');
    expect(nothing).toMatchObject({ code: 1, stderr: expect.stringContaining('never-there') });
  });

  it('approves, and refuses the author with code 4 and the reason', async () => {
    await started('approved', { asks: true });

    const own = await f0(['approve', 'shop/approved', '--as', 'alice', '--reason', 'mine'], options);
    const other = await f0(
      ['approve', 'shop/approved', '--stage', 'deploy_production', '--as', 'bob', '--reason', 'ok'],
      options,
    );
    const again = await f0(['approve', 'shop/approved', '--as', 'bob', '--reason', 'ok'], options);

    expect(own).toMatchObject({ code: 4, stderr: 'f0: alice is the author of this release\n' });
    expect(other).toMatchObject({ code: 0, stdout: expect.stringContaining('succeeded') });
    expect(again.code).toBe(4);
  });

  it('rejects, which ends watching with code 1', async () => {
    await started('rejected', { asks: true });

    const rejected = await f0(['reject', 'shop/rejected', '--as', 'bob', '--reason', 'no'], options);
    const watched = await f0(['watch', 'shop/rejected'], options);

    expect(rejected.code).toBe(0);
    expect(watched.code).toBe(1);
    expect(watched.stdout).toContain('failed');
  });

  it('pauses, resumes and aborts', async () => {
    await started('held');

    expect(await asJson('pause', 'shop/held', '--as', 'bob', '--reason', 'lunch')).toMatchObject({
      phase: 'paused',
      reason: 'lunch',
    });
    expect(await asJson('resume', 'shop/held', '--as', 'bob')).toMatchObject({ phase: 'running' });
    expect(await asJson('abort', 'shop/held', '--as', 'bob', '--reason', 'enough')).toMatchObject({ phase: 'aborted' });
  });

  it('watches as log lines, and stops looking on Ctrl-C with code 130 while the run goes on', async () => {
    await started('followed');
    const interruption = new AbortController();

    const { code, stdout, stderr } = await f0(['watch', 'shop/followed'], {
      ...options,
      interrupted: interruption.signal,
      onOutput: () => interruption.abort(),
    });

    expect(code).toBe(130);
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d {2}deploy_production: running/);
    expect(stderr).toContain('The run goes on. Follow it with: f0 watch shop/followed');
    expect(await asJson('status', 'shop/followed')).toMatchObject({ phase: 'running' });
  });

  it('watches as one JSON line a change', async () => {
    await started('lines');

    const { code, stdout } = await f0(['watch', 'shop/lines', '-o', 'json'], {
      ...options,
      onOutput: () => void f0(['abort', 'shop/lines', '--as', 'bob'], options),
    });

    expect(code).toBe(1);
    const phases = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).phase);
    expect(phases[0]).toBe('running');
    expect(phases.at(-1)).toBe('aborted');
  });

  it('lists runs', async () => {
    await started('listed');

    const { runs } = await asJson<{ runs: { release: string }[] }>('list', '--release', 'listed');
    const text = await f0(['list', '--namespace', 'tests'], options);

    expect(runs).toEqual([expect.objectContaining({ release: 'listed', url: expect.stringContaining('http://ui/') })]);
    expect(text.stdout).toMatch(/^RUN +PHASE +STARTED +TOOK +NAMESPACE\n/);
    expect((await f0(['list', '--name', 'nothing'], options)).stdout).toBe('No runs.\n');
  });

  it('tells what happened in a run', async () => {
    await started('told');

    expect(await asJson('history', 'shop/told')).toEqual({
      timeline: [{ at: '2026-01-01T00:00:00Z', actor: 'alice', message: 'started' }],
    });
  });

  it('freezes an environment, tells who did, and lifts it', async () => {
    const frozen = await f0(['freeze', 'tests/production', '--as', 'bob', '--reason', 'holidays'], options);
    const seen = await asJson('history', '--environment', 'tests/production');
    const lifted = await asJson('unfreeze', 'production', '--namespace', 'tests', '--as', 'bob');

    expect(frozen.stdout).toContain('tests/production is frozen until it is lifted (holidays)');
    expect(seen).toMatchObject({ freezes: [{ id: 'manual', by: 'bob', reason: 'holidays' }] });
    expect(lifted).toMatchObject({ freezes: [] });
  });

  it('says which runs a short name fits, and which it does not', async () => {
    const { code, stderr } = await f0(['status', 'tests/shop/never'], options);

    expect(code).toBe(1);
    expect(stderr).toContain('pipeline/tests/shop/never');
  });

  describe('f0 run', () => {
    const examples = join(__dirname, '..', '..', 'examples');
    const run = (release: string, ...more: string[]) => [
      'run',
      join(examples, 'enterprise-deployment-pipeline.yaml'),
      ...['--app', join(examples, 'shop'), '--release', release, '--as', 'alice', ...more],
    ];

    it('starts a release and returns with where it is', async () => {
      const { code, stdout } = await f0(run('detached', '--detach', '-o', 'json'), options);

      const workflowId = 'pipeline/framework0-production/enterprise-deployment-pipeline/detached';
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toEqual({
        workflowId,
        runId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        url: expect.stringContaining(`http://ui/namespaces/default/workflows/${encodeURIComponent(workflowId)}/`),
      });
    });

    it('finds the same release at work, and refuses it with other content with code 4', async () => {
      await f0(run('again', '--detach'), options);

      const same = await f0(run('again', '--detach'), options);
      const other = await f0(run('again', '--detach', '--time-scale', '0.5'), options);

      expect(same).toMatchObject({ code: 0, stdout: expect.stringContaining('It is at work already') });
      expect(other).toMatchObject({ code: 4, stderr: expect.stringContaining('is at work with other content') });
    });

    it('follows the run, and on Ctrl-C leaves it at work with code 130', async () => {
      const interruption = new AbortController();

      const { code, stderr } = await f0(run('left'), {
        ...options,
        interrupted: interruption.signal,
        onOutput: () => interruption.abort(),
      });

      expect(code).toBe(130);
      expect(stderr).toContain('The run goes on. Follow it with: f0 watch enterprise-deployment-pipeline/left');
      expect(await asJson('status', 'left')).toMatchObject({ phase: 'running' });
    });

    it('ends with the last status, and with code 1 when the release did not succeed', async () => {
      const started = f0(run('given-up', '-o', 'json'), options);
      await until(async () => (await f0(['abort', 'given-up', '--as', 'bob', '--reason', 'no'], options)).code === 0);

      const { code, stdout } = await started;

      expect(code).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({ release: 'given-up', phase: 'aborted', reason: 'no' });
    });

    it('shows the faults of a document, and starts nothing', async () => {
      const { code, stdout } = await f0(run('not a release', '-o', 'json'), options);

      expect(code).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({
        valid: false,
        errors: [expect.objectContaining({ line: expect.any(Number) })],
      });
    });
  });

  it('registers search attributes, again and again', async () => {
    expect(await f0(['setup'], options)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('has all of our search attributes'),
    });
  });
});
