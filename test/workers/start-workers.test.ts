import { createServer } from 'node:net';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { errorCodeOf } from '../../src/contracts/errors';
import { type RunningWorkers, startWorkers } from '../../src/workers';
import { freePort } from '../support/free-port';
import { devServer } from '../support/temporal';
import { waitFor } from '../support/wait-for';
import { FakeServices, silent, startWorking, workBundle, workerConfig } from './support/fixtures';

let environment: TestWorkflowEnvironment;
beforeAll(async () => {
  environment = await devServer();
});
afterAll(() => environment.teardown());

async function start(services: FakeServices, env: Record<string, string> = {}): Promise<RunningWorkers> {
  return startWorkers({
    config: workerConfig(env),
    logger: silent,
    services: async () => services,
    temporal: { address: environment.address, namespace: 'default' },
    workflowBundle: await workBundle(),
  });
}

async function ready(workers: RunningWorkers): Promise<{ status: number; checks: Record<string, string> }> {
  const answer = await fetch(`${workers.healthUrl}/ready`);
  return { status: answer.status, ...((await answer.json()) as { checks: Record<string, string> }) };
}

describe('the workers', () => {
  it('run workflows on one queue and their activities on others', async () => {
    const services = new FakeServices();
    const workers = await start(services);

    const handle = await startWorking(environment.client, { times: 3 });
    const result = await handle.result();
    await workers.drain();

    expect(result).toEqual(services.worked);
    expect(services.noted).toEqual(services.worked);
    expect(services.worked).toHaveLength(3);
    expect(services.stopped).toBe(true);
  });

  it('are ready when Temporal, the database and the pollers are, and say which is not', async () => {
    const services = new FakeServices();
    const workers = await start(services);
    const up = await waitFor('readiness', async () => {
      const state = await ready(workers);
      return state.status === 200 && state;
    });
    services.databaseFault = 'connection refused';
    // Each answer of Temporal has two seconds, which on a busy machine one may miss.
    const without = await waitFor('the database alone to be missing', async () => {
      const state = await ready(workers);
      return state.status === 503 && state.checks.temporal === 'ok' && state;
    });
    const health = await fetch(`${workers.healthUrl}/health`);
    services.databaseFault = null;
    const again = await waitFor('readiness', async () => {
      const state = await ready(workers);
      return state.status === 200 && state;
    });
    await workers.drain();

    expect(up.checks).toEqual({ temporal: 'ok', database: 'ok', workers: 'ok', draining: 'ok' });
    expect(without.status).toBe(503);
    expect(without.checks).toMatchObject({ temporal: 'ok', database: 'connection refused' });
    expect(health.status).toBe(200);
    expect(again.status).toBe(200);
  });

  it('are not ready while they drain, and finish what runs', async () => {
    const services = new FakeServices();
    let finish = () => {};
    services.work = () => new Promise((done) => (finish = done));
    const began = jest.fn();
    const plain = services.work;
    services.work = (key) => {
      began(key);
      return plain(key);
    };
    const workers = await start(services);
    const handle = await startWorking(environment.client);
    await waitFor('the activity', () => began.mock.calls.length > 0);

    const drained = workers.drain();
    const meanwhile = await ready(workers);
    finish();
    await drained;

    expect(meanwhile.status).toBe(503);
    expect(meanwhile.checks.draining).toContain('shutting down');
    expect(services.worked).toEqual([`${handle.workflowId}/1`]);
    await expect(fetch(`${workers.healthUrl}/ready`)).rejects.toThrow();
    await handle.terminate();
  });

  it('lose nothing when one drains in the middle of many runs: each effect happens once', async () => {
    const effects = new Map<string, number>();
    const make = () => {
      const services = new FakeServices();
      services.work = async (key) => {
        effects.set(key, (effects.get(key) ?? 0) + 1);
      };
      return services;
    };
    const first = await start(make());
    const handles = await Promise.all(Array.from({ length: 20 }, () => startWorking(environment.client, { times: 5 })));
    await waitFor('some work', () => effects.size >= 20);

    await first.drain();
    const between = effects.size;
    const second = await start(make());
    const results = await Promise.all(handles.map((handle) => handle.result()));
    await second.drain();

    expect(between).toBeLessThan(100);
    expect(results.flat()).toHaveLength(100);
    expect(effects.size).toBe(100);
    expect([...effects.values()].every((count) => count === 1)).toBe(true);
  });

  it('hand over to others what outlasts the grace', async () => {
    const stuck = new FakeServices();
    const began = jest.fn();
    stuck.work = async (key) => {
      began(key);
      const { cancelled } = await import('@temporalio/activity').then(({ Context }) => Context.current());
      await cancelled;
    };
    const first = await start(stuck, { F0_SHUTDOWN_GRACE_SECONDS: '0.2' });
    const handle = await startWorking(environment.client);
    await waitFor('the activity', () => began.mock.calls.length > 0);

    await first.drain();
    const second = await start(new FakeServices());
    const result = await handle.result();
    await second.drain();

    expect(stuck.worked).toEqual([]);
    expect(result).toEqual([`${handle.workflowId}/1`]);
  });

  it('say which port is taken, and close what they had opened', async () => {
    const services = new FakeServices();
    const taken = createServer();
    await new Promise<void>((listening) => taken.listen(0, '127.0.0.1', listening));
    const { port } = taken.address() as { port: number };

    const error = await start(services, { F0_HEALTH_PORT: String(port) }).catch((caught: unknown) => caught);
    taken.close();

    expect(errorCodeOf(error)).toBe('Conflict');
    expect(String(error)).toContain(`127.0.0.1:${port}: the port is taken`);
    expect(services.stopped).toBe(true);
    expect(services.started).toBe(false);
  });

  it('say that no Temporal answers, and where', async () => {
    const error = await startWorkers({
      config: workerConfig(),
      logger: silent,
      services: async () => new FakeServices(),
      temporal: { address: '127.0.0.1:9', namespace: 'default' },
      workflowBundle: await workBundle(),
    }).catch((caught: unknown) => caught);

    expect(errorCodeOf(error)).toBe('Unavailable');
    expect(String(error)).toContain('no Temporal server answers at 127.0.0.1:9');
  });

  it('are not ready while Temporal is away, and are again when it is back', async () => {
    // One that nobody is given while the server is away.
    const port = await freePort();
    const other = await devServer({ port });
    const workers = await startWorkers({
      config: workerConfig(),
      logger: silent,
      services: async () => new FakeServices(),
      temporal: { address: other.address, namespace: 'default' },
      workflowBundle: await workBundle(),
    });
    await waitFor('readiness', async () => (await ready(workers)).status === 200);

    await other.teardown();
    const away = await waitFor('unreadiness', async () => {
      const state = await ready(workers);
      return state.status === 503 && state;
    });
    const back = await devServer({ port });
    await waitFor('readiness', async () => (await ready(workers)).status === 200);
    await workers.drain();
    await back.teardown();

    expect(away.checks.temporal).not.toBe('ok');
    expect(away.checks.database).toBe('ok');
  });
});
