import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { Webhook } from 'standardwebhooks';
import { type Console, openConsole, ownerToken, runId } from './harness';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const callerId = '00f067aa0ba902b7';
const traceparent = `00-${traceId}-${callerId}-01`;
const eventSecret = `whsec_${Buffer.from('a key of twenty-four byte').toString('base64')}`;

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
let console_: Console;

beforeAll(async () => {
  provider.register();
  const seen = { first: async () => true, forget: async () => undefined };
  console_ = await openConsole({
    hooks: { eventSecret, slack: null, alertmanager: null, seen },
    logger: { warn: () => undefined, error: () => undefined },
  });
});
afterAll(async () => {
  await console_.close();
  await provider.shutdown();
  trace.disable();
});
beforeEach(() => exporter.reset());
afterEach(() => {
  console_.client.fault = null;
});

const owner = { authorization: `Bearer ${ownerToken}`, host: 'localhost' };
const run = `/api/v1/runs/${encodeURIComponent(runId)}`;
const only = () => {
  const spans = exporter.getFinishedSpans();
  expect(spans).toHaveLength(1);
  return spans[0]!;
};

/** The trace that the console's client is called in: what it starts or tells goes on there. */
function traceOfCalls(): (string | undefined)[] {
  const seen: (string | undefined)[] = [];
  const { client } = console_;
  const { tell, pause } = client;
  const note = () => seen.push(trace.getActiveSpan()?.spanContext().spanId);
  client.tell = (...input) => {
    note();
    return tell(...input);
  };
  client.pause = (...input) => {
    note();
    return pause(...input);
  };
  return seen;
}

describe('a request to the console', () => {
  it('is a span in the trace of whoever sent it, and so is what it asks of Temporal', async () => {
    const seen = traceOfCalls();

    const answer = await console_.app.inject({
      method: 'POST',
      url: `${run}/pause`,
      headers: { ...owner, traceparent },
      payload: { reason: 'because' },
    });

    expect(answer.statusCode).toBe(200);
    const span = only();
    expect(span.spanContext().traceId).toBe(traceId);
    expect(span).toMatchObject({ name: 'POST /api/v1/runs/:id/pause', kind: SpanKind.SERVER, parentSpanId: callerId });
    expect(span.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.route': '/api/v1/runs/:id/pause',
      'http.response.status_code': 200,
    });
    expect(seen).toEqual([span.spanContext().spanId]);
  });

  it('continues the trace of a webhook', async () => {
    const seen = traceOfCalls();
    const body = JSON.stringify({ run: runId, name: 'anomaly' });
    const id = 'msg_1';
    const now = new Date();
    const headers = {
      host: 'localhost',
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
      'webhook-signature': new Webhook(eventSecret).sign(id, now, body),
      traceparent,
    };

    const answer = await console_.app.inject({ method: 'POST', url: '/hooks/events', headers, payload: body });

    expect(answer.statusCode).toBe(204);
    expect(only().spanContext().traceId).toBe(traceId);
    expect(seen).toEqual([only().spanContext().spanId]);
  });

  it('begins a trace where nobody has, or where what they say is none', async () => {
    for (const headers of [owner, { ...owner, traceparent: 'rubbish' }]) {
      await console_.app.inject({ url: '/api/v1/estate', headers });
      const span = only();
      expect(span.parentSpanId).toBeUndefined();
      expect(span.spanContext().traceId).not.toBe(traceId);
      exporter.reset();
    }
  });

  it('says that it failed, and nothing of what was in the address', async () => {
    console_.client.fault = new Error('Temporal is away');

    await console_.app.inject({ url: `${run}?secret=swordfish`, headers: owner });

    const span = only();
    expect(span.status.code).toBe(SpanStatusCode.ERROR);
    expect(span.attributes['error.type']).toMatch(/^5\d\d$/);
    expect(JSON.stringify([span.name, span.attributes])).not.toMatch(/swordfish|1\.2\.0/);
  });

  it('is a span also when it is refused', async () => {
    await console_.app.inject({ url: run, headers: { host: 'evil.example' } });

    expect(only().attributes['http.response.status_code']).toBe(403);
  });

  it('is none where a probe asks, or a page is read', async () => {
    for (const url of ['/health', '/ready', '/', '/nowhere']) await console_.app.inject({ url, headers: owner });

    expect(exporter.getFinishedSpans()).toEqual([]);
  });
});
