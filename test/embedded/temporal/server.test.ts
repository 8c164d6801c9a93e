import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectTemporal } from '../../../src/client';
import { homeOf } from '../../../src/embedded/home';
import { missingSearchAttributes } from '../../../src/embedded/temporal/search-attributes';
import { startTemporalServer, stopLeftTemporal, type TemporalServer } from '../../../src/embedded/temporal/server';
import { temporalLives } from '../../../src/embedded/temporal/server-state';
import { waitFor } from '../../../src/embedded/wait';
import { testServers } from '../../support/temporal';
import { until } from '../../support/wait-for';

const root = mkdtempSync(join(tmpdir(), 'f0-temporal-'));
const home = homeOf({}, root);
const said: string[] = [];
const started: TemporalServer[] = [];

async function start(): Promise<TemporalServer> {
  const env = { PATH: `${join(testServers().temporal, '..')}:${process.env.PATH ?? ''}` };
  const server = await startTemporalServer({ home, cache: join(root, 'cache'), env, say: (one) => said.push(one) });
  started.push(server);
  return server;
}

async function startedRuns(server: TemporalServer): Promise<readonly string[]> {
  const client = await connectTemporal({ address: server.address, env: {} });
  try {
    const found: string[] = [];
    for await (const run of client.workflow.list()) found.push(run.workflowId);
    return found;
  } finally {
    await client.connection.close();
  }
}

afterAll(async () => {
  for (const server of started) await server.stop();
  await stopLeftTemporal(home);
  rmSync(root, { recursive: true, force: true });
});

describe('the embedded Temporal server', () => {
  it('starts with our search attributes, comes back after a kill with its runs, and is found again by a second start', async () => {
    const server = await start();
    const client = await connectTemporal({ address: server.address, env: {} });
    expect(await missingSearchAttributes(client)).toEqual([]);
    await client.workflow.start('anything', { workflowId: 'kept', taskQueue: 'nobody' });
    await client.connection.close();

    const killed = server.pid();
    process.kill(killed, 'SIGKILL');
    await waitFor(() => (server.pid() === killed ? null : true), { timeoutMs: 30_000 });

    expect(server.pid()).not.toBe(killed);
    // The list is an index that is written behind the run: the kill may have come between the two.
    const runs = await until(
      () => startedRuns(server),
      (found) => found.length > 0,
    );
    expect(runs).toEqual(['kept']);
    expect(said.join('\n')).toContain('starting it again over the same file');

    const second = await start();
    expect(second.pid()).toBe(server.pid());
    expect(second.address).toBe(server.address);
    expect((await fetch(second.uiUrl)).status).toBe(200);

    // Both at once: the first still watches over it, and would start it again.
    await Promise.all([server.stop(), second.stop()]);
    expect(temporalLives(home)).toBe(false);
  });

  it('takes ports of its own when several homes start at once', async () => {
    const roots = ['a', 'b', 'c'].map((name) => join(root, name));
    const env = { PATH: `${join(testServers().temporal, '..')}:${process.env.PATH ?? ''}` };
    const servers = await Promise.all(
      roots.map((one) =>
        startTemporalServer({ home: homeOf({}, one), cache: join(root, 'cache'), env, say: () => undefined }),
      ),
    );
    started.push(...servers);

    // One server would refuse to start the same run twice.
    const starts = servers.map(async ({ address }) => {
      const client = await connectTemporal({ address, env: {} });
      await client.workflow.start('anything', { workflowId: 'one of each', taskQueue: 'nobody' });
      await client.connection.close();
    });
    await expect(Promise.all(starts)).resolves.toHaveLength(3);
    expect(new Set(servers.map(({ address }) => address)).size).toBe(3);
  });
});
