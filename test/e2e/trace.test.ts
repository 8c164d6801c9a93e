import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { RunTrace } from '../../src/client';
import { attributeOf, otlpReceiver, type ReceivedSpan } from '../support/otlp-receiver';
import { waitFor } from '../support/wait-for';
import { TestSystem } from './test-system';
import { TinyApp, tinyPipeline } from './tiny-app';

/** Of a pipeline somewhere that runs `f0`. */
const caller = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };

describe('a run that is traced', () => {
  let collector: Awaited<ReturnType<typeof otlpReceiver>>;
  let system: TestSystem;
  let channel: Server;
  const received: IncomingHttpHeaders[] = [];
  let workflowId: string;

  beforeAll(async () => {
    collector = await otlpReceiver();
    channel = createServer((request, response) => {
      received.push(request.headers);
      request.resume().on('end', () => response.writeHead(204).end());
    });
    await once(channel.listen(0, '127.0.0.1'), 'listening');
    // Short, so that spans come while they are waited for.
    system = new TestSystem({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '100',
      TRACEPARENT: `00-${caller.traceId}-${caller.spanId}-01`,
    });
    const { source } = new TinyApp(join(system.home, 'app'));
    const file = tinyPipeline(join(system.home, 'pipeline.yaml'), 'traced');
    const platform = join(system.home, 'platform.yaml');
    const url = `http://127.0.0.1:${(channel.address() as AddressInfo).port}/`;
    const spec = { clusters: { '*': { type: 'local' } }, channels: { ops: { type: 'webhook', url } } };
    const head = {
      apiVersion: 'framework0.io/v1',
      kind: 'ProductionPlatform',
      metadata: { name: 'p', namespace: 'traced' },
    };
    // JSON is YAML.
    writeFileSync(platform, JSON.stringify({ ...head, spec }));
    await system.up();
    workflowId = await system.run(file, '1.0.0', '--app', source, '--platform', platform);
    expect((await system.end(workflowId)).phase).toBe('succeeded');
  }, 180_000);
  afterAll(async () => {
    await system.dispose();
    channel.closeAllConnections();
    channel.close();
    await collector.close();
  }, 120_000);

  const named = (name: string) => collector.spans.filter((span) => span.name === name);
  const one = (name: string) => waitFor(`a span ${name}`, () => named(name)[0]);

  /** The names from a span up to the first one of ours. */
  function ancestry(span: ReceivedSpan): readonly string[] {
    const names = [span.name];
    for (let id = span.parentSpanId; id && id !== caller.spanId; ) {
      const parent = collector.spans.find(({ spanId }) => spanId === id);
      names.push(parent?.name ?? 'missing');
      id = parent?.parentSpanId;
    }
    return names;
  }

  /** The request to the channel; the cluster is told by requests too. */
  const told = () =>
    waitFor('the call', () => named('POST').find((span) => ancestry(span)[1] === 'RunActivity:notify'));

  it('is one trace from the command through workflows and activities to the call of another system', async () => {
    const run = await one('RunWorkflow:pipeline');
    await one('RunWorkflow:deployment');
    const call = await told();

    expect(ancestry(call)).toEqual([
      'POST',
      'RunActivity:notify',
      'StartActivity:notify',
      'RunWorkflow:pipeline',
      'StartWorkflow:pipeline',
      'f0 run',
    ]);
    const prepare = await one('RunActivity:prepareRelease');
    expect(ancestry(prepare)).toEqual([
      'RunActivity:prepareRelease',
      'StartActivity:prepareRelease',
      'RunWorkflow:deployment',
      'StartChildWorkflow:deployment',
      'RunWorkflow:pipeline',
      'StartWorkflow:pipeline',
      'f0 run',
    ]);
    expect(run.traceId).toBe(caller.traceId);
    expect(prepare.traceId).toBe(run.traceId);
    expect(call.traceId).toBe(run.traceId);
    expect(call.kind).toBe(3);
    expect(received.map(({ traceparent }) => traceparent)).toContain(`00-${call.traceId}-${call.spanId}-01`);
  }, 60_000);

  it('is told in the words of the semantic conventions', async () => {
    const run = await one('RunWorkflow:pipeline');
    const deployment = await one('RunWorkflow:deployment');
    const prepare = await one('RunActivity:prepareRelease');
    const call = await told();
    const runId = attributeOf(run, 'runId');

    expect(attributeOf(run, 'cicd.pipeline.name')).toBe(workflowId.split('/')[2]);
    expect(attributeOf(run, 'cicd.pipeline.run.id')).toBe(runId);
    expect(attributeOf(deployment, 'cicd.pipeline.run.id')).toBe(runId);
    expect(attributeOf(deployment, 'deployment.environment.name')).toBe('live');
    expect(attributeOf(prepare, 'cicd.pipeline.task.name')).toBe('prepareRelease');
    expect(attributeOf(prepare, 'cicd.pipeline.task.type')).toBe('deploy');
    expect(attributeOf(prepare, 'deployment.environment.name')).toBe('live');
    // Of the deployment, which is a child of the run: a search by run finds it.
    expect(attributeOf(prepare, 'cicd.pipeline.run.id')).toBe(runId);
    expect(attributeOf(prepare, 'cicd.pipeline.name')).toBe(workflowId.split('/')[2]);
    expect(attributeOf(call, 'http.request.method')).toBe('POST');
    // What Temporal knows of a workflow beside its names stays there.
    expect(run.attributes.map(({ key }) => key)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/memo|lastFailure/)]),
    );
  }, 60_000);

  it('goes on in the trace of whoever asks the console', async () => {
    const asking = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
    const { url, token } = system.api();
    const headers = { authorization: `Bearer ${token}`, traceparent: `00-${asking.traceId}-${asking.spanId}-01` };

    const answer = await fetch(`${url}/api/v1/runs/${encodeURIComponent(workflowId)}`, { headers });

    expect(answer.status).toBe(200);
    const served = await one('GET /api/v1/runs/:id');
    expect(served).toMatchObject({ traceId: asking.traceId, parentSpanId: asking.spanId, kind: 2 });
    const query = await waitFor('the question to Temporal', () =>
      named('QueryWorkflow:status').find(({ parentSpanId }) => parentSpanId === served.spanId),
    );
    expect(query.traceId).toBe(asking.traceId);
  }, 60_000);

  it('names that trace in `f0 trace`', async () => {
    const run = await one('RunWorkflow:pipeline');
    const trace = await system.json<RunTrace>(['trace', workflowId]);
    const text = await system.f0('trace', workflowId);

    expect(trace.traceId).toBe(run.traceId);
    expect(text.stdout).toContain(`trace ${run.traceId}`);
    expect(text.stdout).toMatch(/─. deployment.*█/);
    expect(text.stdout).toMatch(/prepareRelease.*█/);
  }, 60_000);
});
