import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { Conflict, connectProduction, NotFound, NotReachable, ProductionClient, Refused } from '../../src/client';
import { TaskQueue } from '../../src/contracts/task-queues';
import { devServer, workflowBundle } from '../support/temporal';
import { until } from '../support/wait-for';
import { planOf } from './plans';

const alice = { name: 'alice', source: 'cli' } as const;
const bob = { name: 'bob', source: 'cli' } as const;
const why = { by: bob, reason: 'tested' };

describe('ProductionClient', () => {
  let server: TestWorkflowEnvironment;
  let worker: Worker;
  let running: Promise<void>;
  let client: ProductionClient;

  beforeAll(async () => {
    server = await devServer();
    worker = await Worker.create({
      connection: server.nativeConnection,
      taskQueue: TaskQueue.orchestrate,
      workflowBundle: await workflowBundle(join(__dirname, 'stand-ins.ts')),
    });
    running = worker.run();
    client = new ProductionClient({ client: server.client, uiUrl: 'http://ui' });
  });

  afterAll(async () => {
    worker.shutdown();
    await running;
    await server.teardown();
  });

  it('starts a release once, however often it is asked', async () => {
    const first = await client.start({ plan: planOf('once'), author: alice });
    const second = await client.start({ plan: planOf('once'), author: alice });

    expect(first).toMatchObject({ workflowId: 'pipeline/tests/shop/once', existing: 'none' });
    expect(second).toEqual({ ...first, existing: 'running' });
    expect(first.url).toBe(
      `http://ui/namespaces/default/workflows/pipeline%2Ftests%2Fshop%2Fonce/${first.runId}/history`,
    );
  });

  it('refuses the same release with other content, at work and after its success', async () => {
    const changed = planOf('content', { hash: 'hash-2' });
    await client.start({ plan: planOf('content', { inputs: { asks: true } }), author: alice });

    await expect(client.start({ plan: changed, author: alice })).rejects.toThrow(Conflict);
    await client.decide('content', { verdict: 'approve', ...why });
    await server.client.workflow.getHandle('pipeline/tests/shop/content').result();
    await expect(client.start({ plan: changed, author: alice })).rejects.toThrow('has run with other content');
    const again = await client.start({ plan: planOf('content'), author: alice });
    expect(again.existing).toBe('succeeded');
  });

  it('starts a release again that succeeded, when it is re-opened', async () => {
    await client.start({ plan: planOf('again', { inputs: { asks: true } }), author: alice });
    await client.decide('again', { verdict: 'approve', ...why });
    await server.client.workflow.getHandle('pipeline/tests/shop/again').result();

    const reopened = await client.start({ plan: planOf('again'), author: alice, reopen: true });

    expect(reopened.existing).toBe('none');
  });

  it('says how a release ended that did not succeed, and how to start it again', async () => {
    await client.start({ plan: planOf('given-up'), author: alice });
    await client.abort('given-up', why);
    await server.client.workflow.getHandle('pipeline/tests/shop/given-up').result();

    await expect(client.start({ plan: planOf('given-up'), author: alice })).rejects.toThrow(
      /ended aborted: tested.*--reopen/s,
    );
  });

  it('merges what a deployment says with the status of its run', async () => {
    const plan = planOf('merged');
    await client.start({ plan, author: alice });
    await server.client.workflow.start('deployment', {
      workflowId: 'deployment/tests/shop/production/merged',
      taskQueue: TaskQueue.orchestrate,
      args: [
        { plan: { environment: 'production' }, release: 'merged', mode: 'deploy', reason: 'told by the deployment' },
      ],
    });

    const status = await client.status('shop/merged');

    expect(status.deployments).toHaveLength(1);
    expect(status.deployments[0]?.weight).toBe(25);
  });

  it('turns a refusal of the workflow into Refused with its reason', async () => {
    await client.start({ plan: planOf('refused', { inputs: { asks: true } }), author: alice });

    const own = client.decide('refused', { verdict: 'approve', by: alice, reason: '' });

    await expect(own).rejects.toThrow(Refused);
    await expect(own).rejects.toThrow('alice is the author of this release');
  });

  it('tells a stage that does not wait from one that does not exist', async () => {
    await client.start({ plan: planOf('quiet'), author: alice });

    await expect(client.decide('quiet', { verdict: 'approve', stage: 'deploy_production', ...why })).rejects.toThrow(
      new Refused('stage deploy_production waits for no decision (it is running)'),
    );
    await expect(client.decide('quiet', { verdict: 'approve', stage: 'nowhere', ...why })).rejects.toThrow(
      new Refused('pipeline/tests/shop/quiet has no stage "nowhere": it has deploy_production'),
    );
  });

  it('refuses a command to a run that has ended', async () => {
    await client.start({ plan: planOf('over'), author: alice });
    await client.abort('over', why);
    await server.client.workflow.getHandle('pipeline/tests/shop/over').result();

    await expect(client.pause('over', why)).rejects.toThrow(Refused);
    await expect(client.decide('over', { verdict: 'approve', ...why })).rejects.toThrow('has ended (aborted)');
  });

  it('pauses and resumes', async () => {
    await client.start({ plan: planOf('held'), author: alice });

    expect((await client.pause('held', why)).phase).toBe('paused');
    expect((await client.resume('held', why)).phase).toBe('running');
  });

  it('watches every change until the end', async () => {
    await client.start({ plan: planOf('watched'), author: alice });
    const phases: string[] = [];
    for await (const status of client.watch('watched', { intervalMs: 20 })) {
      phases.push(status.phase);
      if (status.phase === 'running') await client.pause('watched', why);
      if (status.phase === 'paused') await client.abort('watched', why);
    }

    expect(phases).toEqual(['running', 'paused', 'aborted']);
  });

  it('lists runs by what they are', async () => {
    await client.start({ plan: planOf('listed', { name: 'other' }), author: alice });

    // The server's index comes a little later than what it answers a start with.
    const runs = await until(
      () => client.list({ namespace: 'tests', name: 'other' }),
      (seen) => seen.length > 0,
    );

    expect(runs).toEqual([
      expect.objectContaining({ workflowId: 'pipeline/tests/other/listed', release: 'listed', phase: 'running' }),
    ]);
  });

  it('understands short names, and says which runs a name fits', async () => {
    await client.start({ plan: planOf('twice'), author: alice });
    await client.start({ plan: planOf('twice', { name: 'other' }), author: alice });
    await until(
      () => client.list({ release: 'twice' }),
      (seen) => seen.length === 2,
    );

    expect(await client.find('other/twice')).toBe('pipeline/tests/other/twice');
    expect(await client.find('tests/shop/twice')).toBe('pipeline/tests/shop/twice');
    await expect(client.find('twice')).rejects.toThrow('pipeline/tests/other/twice, pipeline/tests/shop/twice');
    await expect(client.find('never')).rejects.toThrow(NotFound);
    await expect(client.status('tests/shop/never')).rejects.toThrow(NotFound);
  });

  it('freezes an environment that nothing was deployed into yet, and lifts it', async () => {
    const ref = { namespace: 'tests', environment: 'production' };

    await client.freeze({ ...ref, ...why, id: 'holidays', until: null });
    expect((await client.environment(ref)).freezes).toEqual([expect.objectContaining({ id: 'holidays', by: 'bob' })]);
    await client.unfreeze({ ...ref, ...why, id: 'holidays' });
    expect((await client.environment(ref)).freezes).toEqual([]);
  });

  it('rolls a release back whose run has ended, by a workflow for each environment that it serves', async () => {
    await client.freeze({ namespace: 'tests', environment: 'production', ...why, id: 'x', until: null });
    await client.start({ plan: planOf('served', { inputs: { asks: true } }), author: alice });
    await client.decide('served', { verdict: 'approve', ...why });

    const result = await client.rollback('served', why);

    expect(result).toMatchObject({
      kind: 'environments',
      rollbacks: [{ environment: 'production', workflowId: 'rollback/tests/shop/production/served' }],
    });
    expect((await client.deployment('rollback/tests/shop/production/served')).reason).toBe('tested');
  });

  it('refuses a rollback of an ended release that serves nowhere', async () => {
    await client.freeze({ namespace: 'tests', environment: 'production', ...why, id: 'x', until: null });
    await client.start({ plan: planOf('replaced'), author: alice });
    await client.abort('replaced', why);

    await expect(client.rollback('replaced', why)).rejects.toThrow('serves no environment');
  });

  it('says that no worker answers, within its deadline', async () => {
    const impatient = new ProductionClient({ client: server.client, commandTimeoutMs: 300, queryTimeoutMs: 300 });
    await server.client.workflow.start('pipeline', { workflowId: 'pipeline/a/b/c', taskQueue: 'nobody' });

    await expect(impatient.status('a/b/c')).rejects.toThrow(NotReachable);
    await expect(impatient.pause('a/b/c', why)).rejects.toThrow(/no worker does/);
  });
});

describe('connectProduction', () => {
  it('says what to do when no server answers', async () => {
    const attempt = connectProduction({ env: { TEMPORAL_ADDRESS: '127.0.0.1:9' }, connectTimeoutMs: 500 });

    await expect(attempt).rejects.toThrow(NotReachable);
    await expect(attempt).rejects.toThrow(/127\.0\.0\.1:9.*f0 up/);
  });
});
