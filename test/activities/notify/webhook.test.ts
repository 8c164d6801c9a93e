import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CancelledFailure } from '@temporalio/common';
import { HTTP } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import { channel, notification, notifyRig, only } from './support';

interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly body: string;
}

let server: Server;
let received: Received[];
let answer: (response: ServerResponse) => void;
let url: string;

beforeEach(async () => {
  received = [];
  answer = (response) => response.writeHead(204).end();
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { headers, method } = request;
    received.push({ headers, method, url: request.url, body: Buffer.concat(chunks).toString('utf8') });
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?token=in-the-url`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const hook = (secret: string | null = null) => channel({ type: 'webhook', url, secret });
const answerWith = (status: number, headers: Readonly<Record<string, string>> = {}) => {
  answer = (response) => response.writeHead(status, headers).end('the answer');
};

describe('the webhook channel', () => {
  it('posts a CloudEvent 1.0 in structured mode whose id is the idempotency key', async () => {
    await notifyRig().send(hook(), 'pipeline/team/shop/1.1.0/rollback');

    const message = only(received);
    expect(message).toMatchObject({ method: 'POST', url: '/hook?token=in-the-url' });
    const event = HTTP.toEvent({ headers: message.headers, body: message.body });
    expect(event).toMatchObject({
      specversion: '1.0',
      id: 'pipeline/team/shop/1.1.0/rollback',
      type: 'io.framework0.rollback.started',
      source: '/framework0/team',
      subject: 'pipeline/team/shop/1.1.0',
      time: '2026-03-01T10:00:00.000Z',
      data: notification,
    });
    expect(message.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    expect(message.headers['webhook-signature']).toBeUndefined();
  });

  it.each([
    ['any text', 'a-shared-secret-ü', (secret: string) => new Webhook(secret, { format: 'raw' })],
    ['a whsec_ key', `whsec_${Buffer.alloc(24, 7).toString('base64')}`, (secret: string) => new Webhook(secret)],
  ])('signs the raw body with its secret (%s), as receivers verify it', async (_, secret, verifier) => {
    await notifyRig({ HOOK: secret }).send(hook('secret://env/HOOK'));

    const { headers, body } = only(received);
    const signed = headers as Record<string, string>;
    expect(verifier(secret).verify(body, signed)).toMatchObject({ specversion: '1.0' });
    expect(() => verifier(secret).verify(`${body} `, signed)).toThrow('No matching signature');
    expect(() => verifier(secret).verify(body, { ...signed, 'webhook-timestamp': '1700000000' })).toThrow();
    expect(body).not.toContain(secret);
  });

  it('has the same ids when it is sent again', async () => {
    const rig = notifyRig();

    await rig.send(hook());
    await rig.send(hook());
    await rig.send(hook(), 'another');

    const ids = received.map(({ headers, body }) => [headers['webhook-id'], JSON.parse(body).id]);
    expect(ids[1]).toEqual(ids[0]);
    expect(ids[2]?.[0]).not.toBe(ids[0]?.[0]);
    expect(ids[0]?.[0]).not.toContain('.');
  });

  it.each([
    [400, 'InvalidInput', true],
    [401, 'PermissionDenied', true],
    [403, 'PermissionDenied', true],
    [404, 'InvalidInput', true],
    [408, 'Timeout', false],
    [422, 'InvalidInput', true],
    [429, 'RateLimited', false],
    [500, 'Unavailable', false],
    [503, 'Unavailable', false],
    [302, 'InvalidInput', true],
  ])('takes an answer of %i as %s', async (status, type, nonRetryable) => {
    answerWith(status, { location: 'http://127.0.0.1:1/elsewhere' });

    const sent = notifyRig().send(hook());

    await expect(sent).rejects.toMatchObject({ type, nonRetryable, message: expect.stringContaining(String(status)) });
    await expect(sent).rejects.toThrow(expect.not.stringContaining('in-the-url'));
    expect(received).toHaveLength(1);
  });

  it.each([
    [429, 'RateLimited'],
    [503, 'Unavailable'],
  ])('comes back when %i says so', async (status, type) => {
    answerWith(status, { 'retry-after': '17' });

    await expect(notifyRig().send(hook())).rejects.toMatchObject({ type, nextRetryDelay: '17s' });
  });

  it('says Unavailable when nobody listens', async () => {
    await new Promise((resolve) => server.close(resolve));

    await expect(notifyRig().send(hook())).rejects.toMatchObject({
      type: 'Unavailable',
      message: expect.stringMatching(/^channel "ops": 127\.0\.0\.1:\d+ cannot be reached: ECONNREFUSED$/),
    });
  });

  it('says Unavailable when the connection breaks', async () => {
    answer = (response) => response.destroy();

    await expect(notifyRig().send(hook())).rejects.toMatchObject({ type: 'Unavailable' });
  });

  it('says Timeout when there is no answer', async () => {
    answer = () => undefined;

    await expect(notifyRig({}, 0.2).send(hook())).rejects.toMatchObject({
      type: 'Timeout',
      message: expect.stringContaining('did not answer within 0.2 s'),
    });
  });

  it('takes the status as the answer when the rest of it never ends', async () => {
    answer = (response) => response.writeHead(200).write('...');
    await expect(notifyRig({}, 2).send(hook())).resolves.toBeUndefined();

    answer = (response) => response.writeHead(403).write('...');
    await expect(notifyRig({}, 2).send(hook())).rejects.toMatchObject({ type: 'PermissionDenied' });
  });

  it('stops when it is cancelled', async () => {
    const rig = notifyRig({}, 60);
    const asked = new Promise<void>((resolve) => {
      answer = () => resolve();
    });
    const cancelled = expect(rig.send(hook())).rejects.toBeInstanceOf(CancelledFailure);
    await asked;

    rig.environment.cancel();

    await cancelled;
  });

  it.each([null, '', 'ops.example.com/hook', 'ftp://example.com/'])('refuses %j as its address', async (address) => {
    await expect(notifyRig().send(channel({ type: 'webhook', url: address }))).rejects.toMatchObject({
      type: 'InvalidInput',
      message: expect.stringContaining('http://... or https://... was expected'),
    });
  });

  it('is not sent without its secret', async () => {
    await expect(notifyRig().send(hook('secret://env/HOOK'))).rejects.toMatchObject({ type: 'NotFound' });
    expect(received).toEqual([]);
  });
});
