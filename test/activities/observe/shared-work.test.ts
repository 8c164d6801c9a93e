import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WorkflowHandle } from '@temporalio/client';
import { temporal as protocol } from '@temporalio/proto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { TaskQueue } from '../../../src/contracts/task-queues';
import { type Database, openDatabase } from '../../../src/database';
import { describePostgres, type PostgresServer, startPostgres } from '../../database/postgres';
import { devServer, workflowBundle } from '../../support/temporal';
import { waitFor } from '../../support/wait-for';
import { startObserverProcess } from './start-observer-process';
import { analyzeInput, plan } from './support';
import type { watchOnce } from './watch-workflow';

const taskQueue = 'shared-watches';
/** Enough that both observers get some, however the server hands them out. */
const watches = 24;
/** Of the workflows: within it, nobody notices that an observer is gone. */
const heartbeatTimeoutMs = 30_000;

describePostgres('two observer processes without a leader', () => {
  let temporal: TestWorkflowEnvironment;
  let postgres: PostgresServer;
  let database: Database;
  let app: Server;
  let worker: Worker;
  let running: Promise<void>;
  let failing = false;
  const children = new Set<ChildProcess>();

  beforeAll(async () => {
    [temporal, postgres] = await Promise.all([devServer(), startPostgres()]);
    database = await openDatabase({ url: postgres.url('postgres') });
    let requests = 0;
    app = createServer((_request, response) => {
      requests += 20;
      const errors = failing ? requests : 0;
      response.end(
        `r{status="200"} ${requests}\nr{status="500"} ${errors}\nd_bucket{le="0.1"} ${requests}\nd_bucket{le="+Inf"} ${requests}\n`,
      );
    });
    await once(app.listen(0, '127.0.0.1'), 'listening');
    worker = await Worker.create({
      connection: temporal.nativeConnection,
      taskQueue,
      workflowBundle: await workflowBundle(`${__dirname}/watch-workflow.ts`),
    });
    running = worker.run();
  });

  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    worker.shutdown();
    await running;
    await database.close();
    await Promise.all([temporal.teardown(), postgres.stop()]);
    app.close();
  });

  const startObserver = () =>
    startObserverProcess(children, {
      address: temporal.address,
      database: { url: postgres.url('postgres') },
      metricsUrl: `http://127.0.0.1:${(app.address() as AddressInfo).port}/metrics`,
    });

  const startWatch = (key: string): Promise<WorkflowHandle<typeof watchOnce>> =>
    temporal.client.workflow.start<typeof watchOnce>('watchOnce', {
      taskQueue,
      workflowId: key,
      args: [analyzeInput(key, { plan: { ...plan, durationSeconds: 120 } })],
    });

  /** Processes that ask the server for analyses. */
  async function pollers(): Promise<number> {
    const { pollers: found } = await temporal.connection.workflowService.describeTaskQueue({
      namespace: 'default',
      taskQueue: { name: TaskQueue.observe },
      taskQueueType: protocol.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    });
    return new Set(found.map(({ identity }) => identity)).size;
  }

  /** How many watches each observer has, by its id. */
  async function shares(): Promise<ReadonlyMap<string, number>> {
    const rows = await database.db.selectFrom('watches').select('owner').execute();
    const owners = rows.map(({ owner }) => owner);
    return new Map(owners.map((owner) => [owner, owners.filter((one) => one === owner).length]));
  }

  it('share the watches, and when one is killed the other goes on with all of them in time', async () => {
    const first = await startObserver();
    await startObserver();
    // An observer that is ready has yet to reach the server; until then the other one gets all.
    await waitFor('both to ask for work', async () => (await pollers()) === 2);
    const handles = await Promise.all(Array.from({ length: watches }, (_, index) => startWatch(`watch-${index}`)));
    await waitFor(
      'all watches to be registered',
      async () => [...(await shares()).values()].reduce((sum, one) => sum + one, 0) === watches,
    );
    const before = await shares();

    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    const killedAt = Date.now();
    await waitFor('the other one to have all', async () => (await shares()).size === 1, {
      timeoutMs: heartbeatTimeoutMs,
    });
    const takenOverMs = Date.now() - killedAt;
    failing = true;
    const results = await Promise.all(handles.map((handle) => handle.result()));

    expect(before.size).toBe(2);
    expect(takenOverMs).toBeLessThan(heartbeatTimeoutMs);
    expect(results.map(({ verdict }) => verdict)).toEqual(handles.map(() => 'fail'));
    for (const handle of handles) {
      const { events = [] } = await handle.fetchHistory();
      const attempts = events?.flatMap(({ activityTaskStartedEventAttributes: started }) => started?.attempt ?? []);
      // No heartbeat was missed: the server never knew.
      expect(attempts).toEqual([1]);
    }
  }, 120_000);
});
