import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import type { LiveEvent } from '../../../src/console/api';
import { EventHub } from '../../../src/console/live/event-hub';
import { Watcher } from '../../../src/console/live/watcher';
import { waitFor } from '../../support/wait-for';
import { type Console, openConsole, ownerToken, runId, summaryOf } from '../harness';

let console_: Console;
let port: number;

beforeAll(async () => {
  console_ = await openConsole();
  port = Number(new URL(await console_.app.listen({ host: '127.0.0.1', port: 0 })).port);
});
afterAll(() => console_.close());

async function listen(): Promise<{ readonly socket: Socket; readonly text: () => string }> {
  const socket = connect({ host: '127.0.0.1', port });
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.write(`GET /api/v1/events HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${ownerToken}\r\n\r\n`);
  await waitFor('the greeting', () => text.includes('"hello"'));
  return { socket, text: () => text };
}

describe('the event stream', () => {
  it('tells of a run that has changed, with the headers of a stream', async () => {
    const { socket, text } = await listen();
    console_.client.runs = [summaryOf('1.2.0'), summaryOf('1.3.0')];
    await waitFor('the new run', () => text().includes('1.3.0'));
    console_.client.current = { ...console_.client.current, reason: 'further' };
    await waitFor('the run that goes on', () => text().split(`"id":"${runId}"`).length > 2);
    socket.destroy();

    expect(text()).toContain('content-type: text/event-stream');
    expect(text()).toContain('event: runs\ndata: {"type":"runs"}');
  });

  it('tells at once that somebody has done something', async () => {
    const { socket, text } = await listen();
    await waitFor('the greeting', () => text().includes('hello'));
    const operator = await console_.browser('operator');
    await operator.send('POST', '/api/v1/environments/framework0-production/production/freeze', { reason: 'fair' });
    await waitFor('the freeze', () => text().includes('"estate"'));
    socket.destroy();
  });

  it('ends with the console', async () => {
    const other = await openConsole();
    const url = new URL(await other.app.listen({ host: '127.0.0.1', port: 0 }));
    const answer = await fetch(new URL('/api/v1/events', url), { headers: { authorization: `Bearer ${ownerToken}` } });
    const reader = answer.body?.getReader();
    await reader?.read();
    await other.close();

    await expect(reader?.read().then(({ done }) => done)).resolves.toBe(true);
  });
});

describe('a reader', () => {
  it('that does not read is cut off, and little waits for it until then', async () => {
    const hub = new EventHub({ maxBufferedBytes: 4_096, stallMs: 50 });
    const stalled = new PassThrough({ highWaterMark: 1_024 });
    hub.add(stalled);
    for (let index = 0; index < 100_000; index += 1) hub.publish({ type: 'run', id: `pipeline/a/b/${index}` });
    const held = stalled.writableLength + stalled.readableLength;
    await once(stalled, 'close');

    expect(held).toBeLessThan(16 * 1024);
    expect(hub.size).toBe(0);
  });

  it('that is slow gets what it missed in short', async () => {
    const hub = new EventHub({ maxBufferedBytes: 1_024, stallMs: 10_000 });
    const slow = new PassThrough({ highWaterMark: 256 });
    hub.add(slow);
    for (let index = 0; index < 5_000; index += 1) hub.publish({ type: 'run', id: `pipeline/a/b/${index}` });
    let text = '';
    slow.on('data', (chunk) => {
      text += chunk;
    });
    await waitFor('the summary', () => text.includes('"runs"'));
    hub.close();

    expect(text.split('\n').length).toBeLessThan(1_000);
  });

  it('gets a sign of life while nothing changes', async () => {
    const hub = new EventHub({ beatMs: 5 });
    const stream = new PassThrough();
    let text = '';
    stream.on('data', (chunk) => {
      text += chunk;
    });
    hub.add(stream);
    await waitFor('a beat', () => text.includes('\n:\n\n'));
    hub.close();

    expect(text).toContain('event: hello');
  });
});

describe('the watcher', () => {
  const told: LiveEvent[] = [];
  const faults: unknown[] = [];
  let watcher: Watcher;

  /** With the database away: the fault of that says that it has looked. */
  beforeEach(() => {
    told.length = 0;
    faults.length = 0;
    watcher = new Watcher({
      parts: {
        client: console_.client,
        audit: { ...console_.audit, list: async () => Promise.reject(new Error('away')) },
        alerts: null,
      },
      publish: (event) => told.push(event),
      onFault: (error) => faults.push(error),
      intervalMs: 5,
    });
  });
  afterEach(() => watcher.stop());

  it.each([
    ['of runs while the database is away', [summaryOf('1.2.0')]],
    ['of the first run that there ever was', []],
  ])('tells %s', async (_what, runs) => {
    console_.client.runs = runs;
    watcher.start();
    await waitFor('the first look', () => faults.length > 0);
    expect(told).toEqual([]);
    console_.client.runs = [...runs, summaryOf('9.9.9')];
    await waitFor('the run', () => told.some((event) => event.type === 'run' && event.id.endsWith('9.9.9')));
    await waitFor('the list', () => told.some(({ type }) => type === 'runs'));
  });
});
