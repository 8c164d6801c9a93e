import { Webhook } from 'standardwebhooks';
import { NotReachable } from '../../../src/client';
import { createHookStore } from '../../../src/console/hook-store';
import type { RawHook } from '../../../src/console/routes/hooks';
import { failure } from '../../../src/contracts/errors';
import { type Console, openConsole, ownerToken, runId } from '../harness';

const eventSecret = `whsec_${Buffer.from('a key of enough length, or so').toString('base64')}`;
const event = { run: runId, name: 'exercise7_anomaly_detected', message: 'odd' };
const received: unknown[] = [];
let console_: Console;

beforeAll(async () => {
  console_ = await openConsole({
    hooks: {
      eventSecret,
      slack: async ({ body, headers }: RawHook) => {
        if (headers['x-slack-signature'] !== 'v0=good') throw failure('PermissionDenied', 'forged');
        return { text: body.toString() };
      },
      alertmanager: async (payload) => {
        received.push(payload);
      },
      seen: {
        first: (id) => createHookStore(console_.database).first(id),
        forget: (id) => createHookStore(console_.database).forget(id),
      },
    },
  });
});
afterAll(() => console_.close());

async function send(id: string, body: string, options: { readonly at?: Date; readonly signed?: string } = {}) {
  const at = options.at ?? new Date();
  const answer = await console_.app.inject({
    method: 'POST',
    url: '/hooks/events',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(eventSecret).sign(id, at, options.signed ?? body),
    },
    payload: body,
  });
  return { status: answer.statusCode, text: answer.body };
}

describe('a webhook with an event', () => {
  it('reaches the run, once', async () => {
    const first = await send('one', JSON.stringify(event));
    const again = await send('one', JSON.stringify(event));

    expect([first.status, again.status]).toEqual([204, 401]);
    expect(again.text).toContain('was taken already');
    expect(console_.client.asked).toEqual([
      { what: 'tell', run: runId, input: { name: event.name, message: event.message } },
    ]);
  });

  it('reaches the run when its sender tries again, after it could not be passed on', async () => {
    const before = console_.client.asked.length;
    console_.client.fault = new NotReachable('Temporal is away');
    const away = await send('again', JSON.stringify(event));
    console_.client.fault = null;
    const back = await send('again', JSON.stringify(event));

    expect([away.status, back.status]).toEqual([503, 204]);
    expect(console_.client.asked.length).toBe(before + 1);
  });

  it('is refused when it was changed, is stale, or comes from the future', async () => {
    const before = console_.client.asked.length;
    const minutes = (count: number) => new Date(Date.now() + count * 60_000);
    const changed = await send('two', JSON.stringify(event), { signed: '{}' });
    const stale = await send('three', JSON.stringify(event), { at: minutes(-6) });
    const future = await send('four', JSON.stringify(event), { at: minutes(6) });
    const bare = await console_.app.inject({ method: 'POST', url: '/hooks/events', payload: event });
    const rows = await console_.audit.list({ limit: 1 });

    expect([changed.status, stale.status, future.status, bare.statusCode]).toEqual([401, 401, 401, 401]);
    expect(console_.client.asked.length).toBe(before);
    expect(rows[0]?.entry).toMatchObject({ action: 'console.refused', details: { route: 'POST /hooks/events' } });
  });

  it('is wrong when it is genuine and no JSON, and a stranger whatever its body is', async () => {
    const genuine = await send('six', 'hello');
    const forged = await send('seven', 'hello', { signed: '{}' });

    expect([genuine.status, forged.status]).toEqual([400, 401]);
    expect(genuine.text).toContain('the body is no JSON');
  });

  it('is refused when it says what no event can be called', async () => {
    const { status } = await send('five', JSON.stringify({ ...event, name: '<script>' }));

    expect(status).toBe(400);
  });
});

describe('other webhooks', () => {
  it('hands Slack what came, to the byte, and refuses a forged one', async () => {
    const slack = async (signature: string) =>
      console_.app.inject({
        method: 'POST',
        url: '/hooks/slack',
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-slack-signature': signature },
        payload: 'payload=%7B%22a%22%3A1%7D',
      });
    const good = await slack('v0=good');
    const forged = await slack('v0=bad');

    expect([good.statusCode, good.json()]).toEqual([200, { text: 'payload=%7B%22a%22%3A1%7D' }]);
    expect(forged.statusCode).toBe(401);
  });

  it('takes alerts from those with a token alone', async () => {
    const alert = async (headers: Record<string, string>) =>
      (await console_.app.inject({ method: 'POST', url: '/hooks/alertmanager', headers, payload: { alerts: [] } }))
        .statusCode;

    expect(await alert({})).toBe(401);
    expect(await alert({ authorization: `Bearer ${ownerToken}` })).toBe(204);
    expect(received).toEqual([{ alerts: [] }]);
  });
});
