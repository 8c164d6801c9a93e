import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { pipelineWorkflowId } from '../../src/contracts/ids';
import { TaskQueue } from '../../src/contracts/task-queues';
import type { PipelineInput, PipelineResult } from '../../src/contracts/workflows';
import type { pipeline } from '../../src/workflows';
import { timeSkippingEnvironment } from '../support/temporal';
import { input, simplePlan } from './plans';
import { endOf, failed, passed, type RunningWorld, startWorld } from './world';

describe('pipeline', () => {
  let environment: TestWorkflowEnvironment;
  let running: RunningWorld;

  beforeAll(async () => {
    environment = await timeSkippingEnvironment();
  });
  afterAll(() => environment.teardown());
  beforeEach(async () => {
    running = await startWorld(environment);
  });
  afterEach(() => running.stop());

  const start = (pipelineInput: PipelineInput) =>
    environment.client.workflow.start<typeof pipeline>('pipeline', {
      workflowId: pipelineWorkflowId(pipelineInput.plan),
      taskQueue: TaskQueue.orchestrate,
      args: [pipelineInput],
    });
  const run = async (pipelineInput: PipelineInput) => {
    const { workflowId } = await start(pipelineInput);
    return endOf<PipelineResult>(environment, workflowId);
  };

  it('takes a good release from build to production', async () => {
    const result = await run(input({ ...simplePlan('1.0.0'), namespace: randomUUID() }));

    expect(result).toMatchObject({ phase: 'succeeded' });
    expect(running.world.cluster.serving('production')).toBe('1.0.0 100%');
    expect(running.world.actions()).toEqual(
      expect.arrayContaining([
        'release.started',
        'artifact.built',
        'analysis.pass',
        'deployment.succeeded',
        'release.finished',
      ]),
    );
  });

  it('goes back to the release before when a trigger is true', async () => {
    const namespace = randomUUID();
    await run(input({ ...simplePlan('1.0.0'), namespace }));
    running.world.analyze = async ({ target }) => (target.release === '1.1.0' ? failed() : passed());

    const result = await run(input({ ...simplePlan('1.1.0'), namespace }));

    expect(result).toMatchObject({ phase: 'rolled_back', reason: expect.stringContaining('error_rate was 5.1%') });
    expect(running.world.cluster.serving('production')).toBe('1.0.0 100%');
  });
});
