import { Worker } from '@temporalio/worker';
import { abortUpdate, pauseSignal } from '../../src/contracts/messages';
import { TaskQueue } from '../../src/contracts/task-queues';
import { devServer, workflowBundle } from '../support/temporal';
import { bob, gatePlan, input, simplePlan } from './plans';
import { startWorld } from './world';

describe('on a real server', () => {
  it('a signal and an update that come in one workflow task replay in the order they had', async () => {
    const environment = await devServer();
    try {
      const handle = await environment.client.workflow.start('pipeline', {
        workflowId: 'order',
        taskQueue: TaskQueue.orchestrate,
        args: [input(simplePlan('1.0.0', { gates: [gatePlan()] }))],
      });
      await handle.signal(pauseSignal, { by: bob, reason: 'first' });
      const aborted = handle.executeUpdate(abortUpdate, { args: [{ by: bob, reason: 'second' }] });

      const running = await startWorld(environment);
      await aborted;
      await handle.result();
      await running.stop();

      const history = await handle.fetchHistory();
      const options = { workflowBundle: await workflowBundle(), replayName: 'order' };
      await expect(Worker.runReplayHistory(options, history, 'order')).resolves.toBeUndefined();
    } finally {
      await environment.teardown();
    }
  });
});
