import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Conflict, NotReachable, type ProductionClient, Refused } from '../../src/client';
import { runStatus } from '../cli/view/fixtures';

interface DeskModule {
  createReleaseDesk(parts: { client: Partial<ProductionClient>; plan(release: string): Promise<unknown> }): Server;
}
const { createReleaseDesk } = require('../../examples/service/release-desk.js') as DeskModule;

const client: Partial<ProductionClient> = {
  start: async ({ author }) => {
    if (author.name === 'late') throw new Conflict('another plan');
    return { workflowId: 'pipeline/tests/shop/1.0.0', runId: 'r', url: null, existing: 'none' };
  },
  status: async (run) => runStatus({ reason: run }),
  list: async (filter) => [{ phase: filter?.phase } as never],
  decide: async (_run, { by }) => {
    if (by.name === 'dana') throw new Refused('dana is the author of this release');
    return runStatus({ phase: 'succeeded' });
  },
  async *watch() {
    yield runStatus();
    yield runStatus({ phase: 'succeeded' });
  },
};

describe('the example service', () => {
  let desk: Server;
  let url: string;

  beforeAll(async () => {
    desk = createReleaseDesk({ client, plan: async (release) => ({ release }) }).listen(0, '127.0.0.1');
    await once(desk, 'listening');
    url = `http://127.0.0.1:${(desk.address() as AddressInfo).port}/releases`;
  });
  afterAll(async () => {
    desk.close();
    await once(desk, 'close');
  });

  const post = (path: string, body: unknown) => fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) });

  it('starts, lists and shows releases', async () => {
    const started = await post('', { release: '1.0.0', by: 'dana' });
    const listed = await fetch(`${url}?phase=running`);
    const one = await fetch(`${url}/shop/1.0.0`);

    expect([started.status, await started.json()]).toEqual([202, expect.objectContaining({ existing: 'none' })]);
    expect(await listed.json()).toEqual({ runs: [{ phase: 'running' }] });
    expect(await one.json()).toMatchObject({ reason: 'shop/1.0.0' });
  });

  it('passes decisions on, and the reason of a refusal back', async () => {
    const approved = await post('/shop/1.0.0/decision', { verdict: 'approve', by: 'alice', reason: 'quiet' });
    const own = await post('/shop/1.0.0/decision', { verdict: 'approve', by: 'dana', reason: '' });

    expect(approved.status).toBe(200);
    expect([own.status, await own.json()]).toEqual([
      403,
      { error: { code: 'Refused', message: 'dana is the author of this release' } },
    ]);
  });

  it('sends each change as an event, and ends with the run', async () => {
    const text = await (await fetch(`${url}/shop/1.0.0/events`)).text();

    const events = text.split('\n\n').filter((event) => event !== '');
    expect(events.map((event) => JSON.parse(event.replace(/^data: /, '')).phase)).toEqual(['running', 'succeeded']);
  });

  it.each([
    ['a conflict', () => post('', { release: '1.0.0', by: 'late' }), 409],
    ['nobody named', () => post('', { release: '1.0.0' }), 400],
    ['a body that is no JSON', () => fetch(url, { method: 'POST', body: '{' }), 400],
    ['an unknown page', () => fetch(`${url}/a/b/c/d`), 404],
  ])('answers %s with its status', async (_name, ask, status) => {
    expect((await ask()).status).toBe(status);
  });

  it('says that the system is away', async () => {
    const away = createReleaseDesk({
      client: { status: () => Promise.reject(new NotReachable('nobody answers')) },
      plan: async () => null,
    }).listen(0, '127.0.0.1');
    await once(away, 'listening');

    const answer = await fetch(`http://127.0.0.1:${(away.address() as AddressInfo).port}/releases/shop/1.0.0`);
    away.close();

    expect(answer.status).toBe(503);
  });
});
