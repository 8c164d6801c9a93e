import type { DeployOutcome, NotifyInput } from '../../src/contracts/activities';
import { failure } from '../../src/contracts/errors';
import { deployEventsWorkflowId, rollbackWorkflowId } from '../../src/contracts/ids';
import { deploymentEndedSignal } from '../../src/contracts/messages';
import { TaskQueue } from '../../src/contracts/task-queues';
import type { DeploymentInput } from '../../src/contracts/workflows';
import type { ChannelPlan, DeploymentStep } from '../../src/definition/release-plan';
import type { deployment } from '../../src/workflows';
import { useHarness } from './harness';
import { bob, promptly, simplePlan } from './plans';
import { endOf, failed } from './world';

// The test server skips no time any more when a child has outlived its parent: nothing here waits for long.
const harness = useHarness();

function channel(name: string, type: ChannelPlan['type']): ChannelPlan {
  return { name, type, url: 'https://graphs.example', to: [], from: null, secret: 'secret://env/KEY' };
}
const channels = [channel('graphs', 'grafana'), channel('events', 'datadog'), channel('ops', 'console')];

const openPause: readonly DeploymentStep[] = [
  { kind: 'prepare', replicas: 1, rolling: false },
  { kind: 'weight', weight: 100 },
  { kind: 'pause', durationSeconds: null },
  { kind: 'promote' },
];

/** The workflow that marks a deployment: it outlives it, and is replayed with the test. */
async function marksOf(deploymentId: string, release: string): Promise<string> {
  const { runId } = await harness().handle(deploymentId).describe();
  const { namespace } = harness();
  const id = deployEventsWorkflowId({ namespace, app: 'shop', environment: 'production', release, run: runId });
  harness().keep(id);
  return id;
}

/** What a channel was told, as `started` or the outcome. */
function told(name: string): (DeployOutcome | 'started' | null)[] {
  return harness()
    .world.notifications.filter(({ channel: to }) => to.name === name)
    .map(({ notification }) => (notification.deployment ? (notification.deployment.outcome ?? 'started') : null));
}

const untilTold = (name: string, expected: readonly (DeployOutcome | 'started')[]) =>
  harness().until(() => expect(told(name)).toEqual(expected));

describe('a deployment on a platform with graphs', () => {
  it('marks its beginning and its end there, and tells people what it told them before', async () => {
    await harness().run({ ...simplePlan('1.0.0'), channels });

    for (const graphs of ['graphs', 'events']) await untilTold(graphs, ['started', 'succeeded']);
    await endOf(harness().environment, await marksOf(harness().deployment('1.0.0'), '1.0.0'));
    expect(told('ops')).toEqual([null]);
    const [first, last] = harness().world.notifications.filter(({ channel: to }) => to.name === 'graphs');
    expect(first?.notification).toMatchObject({
      type: 'deployment.started',
      title: 'shop 1.0.0 goes to production',
      text: 'blue_green, released by anna',
      environment: 'production',
      deployment: { app: 'shop', strategy: 'blue_green', by: 'anna' },
    });
    expect(last?.notification).toMatchObject({
      type: 'deployment.ended',
      title: 'shop 1.0.0 in production: succeeded',
    });
    expect(last?.notification.deployment).toMatchObject({
      id: first?.notification.deployment?.id,
      startedAt: first?.notification.at,
    });
    expect(first?.key).not.toBe(last?.key);
  });

  it('says when it went back, and why', async () => {
    await harness().run(simplePlan('1.0.0'));
    harness().world.analyze = async () => failed();
    await harness().run({ ...simplePlan('1.1.0'), channels });

    await untilTold('graphs', ['started', 'rolled_back']);
    await marksOf(harness().deployment('1.1.0'), '1.1.0');
    const ended = harness().world.notifications.findLast(({ channel: to }) => to.name === 'graphs');
    expect(ended?.notification.text).toContain('error_rate was 5.1%');
  });

  it('says that it was aborted, also when it was cancelled', async () => {
    const id = await harness().start({ ...simplePlan('1.0.0', {}, { steps: openPause }), channels });
    await harness().untilPhase(id, 'paused');
    await harness().handle(id).cancel();

    await untilTold('graphs', ['started', 'aborted']);
    await marksOf(harness().deployment('1.0.0'), '1.0.0');
  });

  it('says that it failed where nothing was changed', async () => {
    const { faults } = harness().world.cluster;
    faults.set('describe', () => Promise.reject(failure('NotFound', 'no such cluster')));
    faults.set('prepare 1.0.0', () => Promise.reject(failure('InvalidInput', 'no such image')));
    await harness().run({ ...simplePlan('1.0.0'), channels });

    await harness().until(() => expect(told('graphs')).toHaveLength(2));
    await marksOf(harness().deployment('1.0.0'), '1.0.0');
    expect(told('graphs')).toEqual(['started', 'failed']);
  });

  it('is marked as going back when that is asked for after it has ended', async () => {
    await harness().run(simplePlan('1.0.0'));
    await harness().run({ ...simplePlan('1.1.0', {}, { steps: promptly }), channels });
    await untilTold('graphs', ['started', 'succeeded']);
    const first = harness().deployment('1.1.0');
    await marksOf(first, '1.1.0');
    const { namespace, environment } = harness();
    const workflowId = rollbackWorkflowId({ namespace, app: 'shop', environment: 'production', release: '1.1.0' });
    await environment.client.workflow.start<typeof deployment>('deployment', {
      workflowId,
      taskQueue: TaskQueue.orchestrate,
      args: [{ ...(await harness().inputOf<DeploymentInput>(first)), mode: 'rollback', reason: 'bob says so' }],
    });
    harness().keep(workflowId);
    expect(await endOf(environment, workflowId)).toMatchObject({ phase: 'rolled_back' });

    await untilTold('graphs', ['started', 'succeeded', 'started', 'rolled_back']);
    await marksOf(workflowId, '1.1.0');
    const begun = harness().world.notifications.filter(({ notification: { type } }) => type === 'deployment.started');
    expect(begun.at(-1)?.notification).toMatchObject({
      title: 'shop 1.1.0 goes back in production',
      text: 'bob says so',
    });
  });

  it('is marked although the vendor is away until after it has ended, the beginning first', async () => {
    let isAway = true;
    harness().world.notify = async ({ channel: { name } }: NotifyInput) => {
      if (isAway && name === 'graphs') throw failure('RateLimited', 'too many', { retryAfterSeconds: 1 });
    };
    const result = await harness().run({ ...simplePlan('1.0.0'), channels });

    expect(result.phase).toBe('succeeded');
    await untilTold('events', ['started', 'succeeded']);
    expect(told('graphs')).not.toContain('succeeded');
    isAway = false;
    const marks = await marksOf(harness().deployment('1.0.0'), '1.0.0');
    await endOf(harness().environment, marks);
    expect(told('graphs').slice(-2)).toEqual(['started', 'succeeded']);
  });

  it('audits what a channel will never take, and still tells it the end', async () => {
    harness().world.notify = async ({ channel: { name } }: NotifyInput) => {
      if (name === 'graphs') throw failure('PermissionDenied', 'the token is not valid');
    };
    await harness().run({ ...simplePlan('1.0.0'), channels });

    await endOf(harness().environment, await marksOf(harness().deployment('1.0.0'), '1.0.0'));
    expect(told('graphs')).toEqual(['started', 'succeeded']);
    const refused = harness().world.audit.filter(({ action }) => action === 'notification.failed');
    expect(refused).toMatchObject([
      { reason: expect.stringMatching(/channel graphs did not take "shop 1\.0\.0 goes to .*token is not valid/) },
      { workflow: 'shop', release: '1.0.0', environment: 'production' },
    ]);
  });

  it('ignores an end that is none', async () => {
    const id = await harness().start({ ...simplePlan('1.0.0', {}, { steps: openPause }), channels });
    await harness().untilPhase(id, 'paused');
    const marks = harness().handle(await marksOf(harness().deployment('1.0.0'), '1.0.0'));
    for (const rubbish of [null, 'text', {}, { type: 'alert' }]) {
      await marks.signal(deploymentEndedSignal.name, rubbish);
    }
    await harness().command(id, 'resume', bob);
    await harness().result(id);

    await untilTold('graphs', ['started', 'succeeded']);
  });
});

describe('a deployment on a platform without graphs', () => {
  it('starts nothing that would mark it', async () => {
    await harness().run({ ...simplePlan('1.0.0'), channels: [channel('ops', 'console')] });

    const history = await harness().history(await marksOf(harness().deployment('1.0.0'), '1.0.0'));
    expect(history).toBeNull();
  });
});
