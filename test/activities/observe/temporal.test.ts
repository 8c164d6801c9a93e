import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { devServer, workflowBundle } from '../../support/temporal';
import { waitFor } from '../../support/wait-for';
import { type StartedObserver, startObserverProcess } from './start-observer-process';
import { analyzeInput, plan } from './support';
import type { watchOnce } from './watch-workflow';

const folder = mkdtempSync(join(tmpdir(), 'f0-observer-'));
let temporal: TestWorkflowEnvironment;
let app: Server;
let requests = 0;
let errors = 0;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  temporal = await devServer();
  app = createServer((_request, response) => {
    requests += 20;
    response.end(
      `r{status="200"} ${requests}\nr{status="500"} ${errors}\nd_bucket{le="0.1"} ${requests}\nd_bucket{le="+Inf"} ${requests}\n`,
    );
  });
  await once(app.listen(0, '127.0.0.1'), 'listening');
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await temporal.teardown();
  app.close();
  rmSync(folder, { recursive: true, force: true });
});

function startObserver(): Promise<StartedObserver> {
  return startObserverProcess(children, {
    address: temporal.address,
    database: { folder: join(folder, 'database') },
    metricsUrl: `http://127.0.0.1:${(app.address() as AddressInfo).port}/metrics`,
  });
}

it('gives the workflow one verdict when its observer is killed and another one goes on', async () => {
  const taskQueue = 'watch-test';
  const worker = await Worker.create({
    connection: temporal.nativeConnection,
    taskQueue,
    workflowBundle: await workflowBundle(join(__dirname, 'watch-workflow.ts')),
  });
  const running = worker.run();
  const first = await startObserver();
  const input = analyzeInput('watch', { plan: { ...plan, durationSeconds: 120 } });
  const handle = await temporal.client.workflow.start<typeof watchOnce>('watchOnce', {
    taskQueue,
    workflowId: 'watch',
    args: [input],
  });
  const pending = async () => (await handle.describe()).raw.pendingActivities?.[0];
  // The first beat comes within ten seconds; what it carries is where the watch stands.
  await waitFor('a heartbeat', async () => (await pending())?.heartbeatDetails != null);

  const killedAt = Date.now();
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  const second = await startObserver();
  errors = requests;
  const result = await handle.result();
  worker.shutdown();
  await running;

  expect(second.said).toContain('"takenUp":1');
  expect(result.verdict).toBe('fail');
  expect(result.reasons[0]?.message).toMatch(/^error_rate was /);
  expect(Date.parse(result.startedAt)).toBeLessThan(killedAt);
  const { events } = await handle.fetchHistory();
  const started = events?.filter(({ activityTaskStartedEventAttributes }) => activityTaskStartedEventAttributes) ?? [];
  const completed =
    events?.filter(({ activityTaskCompletedEventAttributes }) => activityTaskCompletedEventAttributes) ?? [];
  // The same attempt: the second observer went on with the task token of the first, before any heartbeat timeout.
  expect(started.map((event) => event.activityTaskStartedEventAttributes?.attempt)).toEqual([1]);
  expect(completed).toHaveLength(1);
  // The bundle, two processes and a beat of up to ten seconds, one after the other.
}, 120_000);
