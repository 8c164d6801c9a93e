import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { searchAttribute } from '../../src/contracts/search-attributes';
import { continueSignal, echo, waitForSignal } from './echo-workflow';
import { devServer, timeSkippingEnvironment, workflowBundle } from './temporal';

async function workerIn(environment: TestWorkflowEnvironment): Promise<Worker> {
  return Worker.create({
    connection: environment.nativeConnection,
    taskQueue: 'support',
    workflowBundle: await workflowBundle(join(__dirname, 'echo-workflow.ts')),
  });
}

describe('the test environments', () => {
  it('skips a day in moments on the time-skipping server', async () => {
    const environment = await timeSkippingEnvironment();
    try {
      const worker = await workerIn(environment);
      const startedAt = Date.now();

      const result = await worker.runUntil(
        environment.client.workflow.execute(echo, {
          taskQueue: 'support',
          workflowId: 'echo',
          args: [{ text: '1.0.0' }],
        }),
      );

      expect(result).toEqual({ text: '1.0.0' });
      expect(Date.now() - startedAt).toBeLessThan(60_000);
    } finally {
      await environment.teardown();
    }
  });

  it('runs a real dev server that knows our search attributes', async () => {
    const environment = await devServer();
    try {
      const worker = await workerIn(environment);
      const handle = await environment.client.workflow.start(waitForSignal, {
        taskQueue: 'support',
        workflowId: 'waits',
        typedSearchAttributes: [{ key: searchAttribute.release, value: '1.0.0' }],
      });

      const result = await worker.runUntil(async () => {
        await handle.signal(continueSignal);
        return handle.result();
      });

      expect(result).toBe('told');
      const { typedSearchAttributes } = await handle.describe();
      expect(typedSearchAttributes.get(searchAttribute.release)).toBe('1.0.0');
    } finally {
      await environment.teardown();
    }
  });
});
