import { randomBytes } from 'node:crypto';
import { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { createDataConverter, parseEncryptionKeys } from '../../src/codec';
import { errorCodeOf, rootMessage } from '../../src/contracts/errors';
import { tracingClientInterceptors } from '../../src/tracing/client-interceptors';
import { ourMetrics, processMetrics, temporalMetrics } from '../../src/workers/metric-catalogue';
import { otlpReceiver } from '../support/otlp-receiver';
import { devServer } from '../support/temporal';
import { waitFor } from '../support/wait-for';
import { startWorking } from './support/fixtures';
import { spawnWorker, type WorkerProcess } from './support/spawn-worker';

let environment: TestWorkflowEnvironment;
const started: WorkerProcess[] = [];

beforeAll(async () => {
  environment = await devServer();
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((worker) => worker.terminate()));
});
afterAll(() => environment.teardown());

async function worker(env: Record<string, string> = {}): Promise<WorkerProcess> {
  const process = await spawnWorker(environment.address, env);
  started.push(process);
  return process;
}

/** A scrape that has all of these: some figures come later than what they count, and a busy worker may answer without. */
function scrapeWith(process: WorkerProcess, expected: readonly RegExp[]): Promise<string> {
  return waitFor('a scrape that has all', async () => {
    const text = await (await fetch(process.metricsUrl)).text();
    const missing = expected.filter((line) => !line.test(text));
    if (missing.length > 0) throw new Error(`without ${missing.join(', ')}`);
    return text;
  });
}

describe('a worker process', () => {
  it('drains on SIGTERM, closes what it opened and ends with 0', async () => {
    const process = await worker();
    const result = await (await startWorking(environment.client)).result();

    const code = await process.terminate();

    expect(result).toHaveLength(1);
    expect(code).toBe(0);
    const messages = process.log().map(({ msg }) => msg);
    expect(messages).toEqual(expect.arrayContaining(['workers are up', 'draining', 'services stopped']));
  });

  it('logs JSON lines that name run, workflow, activity and step', async () => {
    const process = await worker();
    const handle = await startWorking(environment.client);
    await handle.result();
    const { runId } = await handle.describe();

    const [ofActivity, ofWorkflow] = await Promise.all([
      waitFor('the line of the activity', () => process.log().find(({ msg }) => msg === 'working')),
      waitFor('the line of the workflow', () => process.log().find(({ msg }) => msg === 'about to work')),
    ]);

    const workflowId = handle.workflowId;
    expect(ofActivity).toMatchObject({ level: 'info', workflowId, workflowRunId: runId, step: `${workflowId}/1` });
    expect(ofActivity).not.toHaveProperty('taskToken');
    expect(ofWorkflow).toMatchObject({ level: 'info', workflowId, runId, index: 1 });
  });

  it('serves its own metrics and those of the SDK in one scrape', async () => {
    const process = await worker();
    await (await startWorking(environment.client)).result();

    await scrapeWith(process, [
      /^f0_worker_ready 1$/m,
      /^f0_worker_draining 0$/m,
      /^f0_observer\{figure="watches"\} 7$/m,
      /^nodejs_heap_size_used_bytes \d+/m,
      /^temporal_workflow_completed_total\{.*workflow_type="working".*\} 1$/m,
      /^temporal_activity_execution_latency_seconds_count\{.*activity_type="work".*\} 1$/m,
    ]);
  });

  it('serves no metric of ours that is not documented, and those of the SDK under their documented names and labels', async () => {
    const process = await worker();
    await (await startWorking(environment.client)).result();

    // What counts faults has nothing to tell here, and the server is not a worker.
    const quiet = /_failed_total$|_failure_total$|^approximate_backlog|^up$/;
    const theirs = Object.entries({ ...temporalMetrics, ...processMetrics }).filter(([name]) => !quiet.test(name));
    const text = await scrapeWith(
      process,
      theirs.map(([name, { labels }]) =>
        labels.length > 0 ? new RegExp(`^${name}(_count)?\\{.*\\} `, 'm') : new RegExp(`^# TYPE ${name} `, 'm'),
      ),
    );

    const families = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type]) => ({ name, type }));
    const typeOf = (name: string) => families.find((family) => family.name === name)?.type;
    expect(
      families
        .filter(({ name }) => name.startsWith('f0_'))
        .map(({ name }) => name)
        .sort(),
    ).toEqual(Object.keys(ourMetrics).sort());
    for (const [name, { type, labels }] of theirs) {
      expect({ name, type: typeOf(name) }).toEqual({ name, type });
      const line = new RegExp(`^${name}(_count)?(\\{.*\\})? `, 'm').exec(text)?.[2] ?? '';
      for (const label of labels)
        expect({ name, labels: line }).toEqual({ name, labels: expect.stringContaining(`${label}="`) });
    }
  });

  it('sends the spans of a traced run, workflow and activity in one trace', async () => {
    const collector = await otlpReceiver();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
    const process = await worker(env);
    const tracing = new Client({
      connection: environment.connection,
      interceptors: { workflow: tracingClientInterceptors(env) },
    });

    await (await startWorking(tracing)).result();
    await process.terminate();
    await collector.close();

    const named = (name: string) => collector.spans.find((span) => span.name === name);
    const run = named('RunWorkflow:working');
    const scheduled = named('StartActivity:work');
    const activity = named('RunActivity:work');
    expect(scheduled).toMatchObject({ traceId: run!.traceId, parentSpanId: run!.spanId });
    expect(activity).toMatchObject({ traceId: run!.traceId, parentSpanId: scheduled!.spanId });
    expect(named('StartActivity:note')).toMatchObject({ traceId: run!.traceId });
    const line = (text: string) => process.log().find(({ msg }) => msg === text);
    expect(line('working')).toMatchObject({ trace_id: activity!.traceId, span_id: activity!.spanId });
    expect(line('about to work')).toMatchObject({ trace_id: run!.traceId, span_id: run!.spanId });
  });

  it('traces no run that its client did not ask to trace, and adds nothing to its history', async () => {
    const collector = await otlpReceiver();
    const process = await worker({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    const handle = await startWorking(environment.client);
    await handle.result();
    await process.terminate();
    await collector.close();

    const { events } = await handle.fetchHistory();
    expect(collector.spans.filter(({ name }) => name.includes('orkflow'))).toEqual([]);
    const headers = events!.map((event) => event.activityTaskScheduledEventAttributes?.header?.fields ?? {});
    expect(headers.flatMap(Object.keys)).toEqual([]);
  });

  it('finishes a traced run after tracing was turned off', async () => {
    const collector = await otlpReceiver();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
    const tracing = new Client({
      connection: environment.connection,
      interceptors: { workflow: tracingClientInterceptors(env) },
    });
    const traced = await worker(env);
    const handle = await startWorking(tracing, { times: 60 });
    await waitFor('the run to be under way', async () => (await handle.describe()).historyLength > 30);
    traced.child.kill('SIGKILL');
    const plain = await worker();

    const result = await handle.result();
    await collector.close();

    expect(result).toHaveLength(60);
    expect(plain.log().filter(({ level }) => level === 'error')).toEqual([]);
    // The activity that the kill may have met is tried again when it has been silent for its heartbeat timeout.
  }, 120_000);

  it('keeps payloads and the messages of failures unreadable for the Temporal server', async () => {
    const key = `k1:${randomBytes(32).toString('base64')}`;
    await worker({ F0_ENCRYPTION_KEYS: key });
    const client = new Client({
      connection: environment.connection,
      dataConverter: createDataConverter(parseEncryptionKeys(key)),
    });

    const good = await startWorking(client, { secret: 'swordfish' });
    const result = await good.result();
    const bad = await startWorking(client, { secret: 'fail-swordfish' });
    const error = await bad.result().catch((caught: unknown) => caught);

    expect(result).toEqual([`${good.workflowId}/1`]);
    expect(rootMessage(error)).toBe('it printed fail-swordfish');
    expect(errorCodeOf(error)).toBe('CommandFailed');
    for (const { workflowId } of [good, bad]) {
      const stored = await environment.client.workflow.getHandle(workflowId).fetchHistory();
      const bytes = Buffer.from(temporal.api.history.v1.History.encode(stored).finish());
      expect(bytes.includes('binary/encrypted')).toBe(true);
      expect(bytes.includes('swordfish')).toBe(false);
    }
  });
});
