import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { readAgentFile } from '../../../src/activities/deploy/local-protocol';
import { ensureClusterAgent, stopClusterAgent, superviseClusterAgent } from '../../../src/embedded/cluster';
import { freePort } from '../../support/free-port';
import { until } from '../../support/wait-for';
import { agentEntry, environmentAt, isAlive, patient, prepareInput, ref, TestCluster } from './test-cluster';

describe('the local cluster after a fault', () => {
  let cluster: TestCluster;
  const servers: Server[] = [];

  beforeEach(async () => {
    cluster = await TestCluster.start();
  });

  afterEach(async () => {
    for (const server of servers.splice(0)) server.close();
    await cluster.end();
  });

  async function pids(): Promise<number[]> {
    return (await cluster.status()).releases.flatMap(({ replicas }) => replicas.flatMap(({ pid }) => pid ?? []));
  }

  async function killAgent(): Promise<void> {
    const pid = Number((await readAgentFile(cluster.home))?.pid);
    process.kill(pid, 'SIGKILL');
    await until(
      () => isAlive(pid),
      (alive) => !alive,
    );
  }

  /** Takes a port, so that nobody else can have it. */
  async function occupy(port: number): Promise<number> {
    const server = createServer();
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  it('starts one agent, however many ask for it at once', async () => {
    const agents = await Promise.all(Array.from({ length: 5 }, () => cluster.ensureAgent()));

    expect(new Set(agents.map(({ pid }) => pid)).size).toBe(1);
  });

  it('keeps its token and its state from other users', async () => {
    await cluster.serve('1.0.0', 1);
    const modes = await Promise.all(
      ['agent.json', 'state.json'].map(
        async (file) => (await stat(path.join(cluster.home, 'cluster', file))).mode & 0o777,
      ),
    );
    const agent = await readAgentFile(cluster.home);
    const stranger = await fetch(`${agent?.url}/v1/apps`, { headers: { authorization: 'Bearer guess' } });

    expect(modes).toEqual([0o600, 0o600]);
    expect(stranger.status).toBe(403);
  });

  it('takes over the replicas that a killed agent left, and serves at the same address', async () => {
    const url = await cluster.serve('1.0.0', 2);
    const before = await pids();
    await killAgent();
    await expect(fetch(url)).rejects.toThrow();
    expect(before.every(isAlive)).toBe(true);

    await cluster.ensureAgent();
    await until(
      () => cluster.status(),
      ({ releases }) => releases[0]?.ready === 2,
    );

    expect(await pids()).toEqual(before);
    const answer = await fetch(url);
    expect([answer.status, answer.headers.get('x-f0-release')]).toEqual([200, '1.0.0']);
  });

  it('comes back by itself while it is supervised', async () => {
    const url = await cluster.serve('1.0.0', 2);
    const before = await pids();
    const events: string[] = [];
    const supervised = await superviseClusterAgent({
      home: cluster.home,
      entry: agentEntry,
      onEvent: (message) => events.push(message),
    });

    await killAgent();
    await until(
      () => events.length,
      (count) => count > 0,
    ).finally(() => supervised.end());
    const answer = await until(
      () => fetch(url).then(({ status }) => status),
      (status) => status === 200,
    );

    expect(answer).toBe(200);
    expect(events).toEqual([
      `the local cluster's agent ${supervised.pid} was gone; ${(await cluster.ensureAgent()).pid} took over`,
    ]);
    expect(await pids()).toEqual(before);
  });

  it('starts again what died while no agent watched', async () => {
    const url = await cluster.serve('1.0.0', 2);
    const [victim = 0, survivor] = await pids();
    await killAgent();
    process.kill(victim, 'SIGKILL');

    await cluster.ensureAgent();
    await until(
      () => cluster.status(),
      ({ releases }) => releases[0]?.ready === 2,
    );

    const after = await pids();
    expect(after).toContain(survivor);
    expect(after).not.toContain(victim);
    expect((await fetch(url)).status).toBe(200);
  });

  it('never signals a process that only has the number of one of its replicas', async () => {
    await cluster.serve('1.0.0', 1);
    const [replica = 0] = await pids();
    await killAgent();
    process.kill(replica, 'SIGKILL');
    const file = path.join(cluster.home, 'cluster', 'state.json');
    // As if the number had been given to another process in the meantime: this test's own.
    await writeFile(file, (await readFile(file, 'utf8')).replace(`"pid": ${replica}`, `"pid": ${process.pid}`));

    await cluster.ensureAgent();
    await until(
      () => cluster.status(),
      ({ releases }) => releases[0]?.ready === 1,
    );
    await stopClusterAgent({ home: cluster.home });

    expect(await pids().catch(() => [])).not.toContain(process.pid);
    expect(isAlive(process.pid)).toBe(true);
  });

  it('goes on with a rolling update in which the agent was killed', async () => {
    const url = await cluster.serve('1.0.0', 3);
    const rolling = cluster.target.prepare(prepareInput('1.1.0', { replicas: 3, rolling: true }), patient);
    const outcome = rolling.catch((error: unknown) => error);
    await until(
      () => cluster.status(),
      ({ releases }) => releases.some(({ release, ready }) => release === '1.1.0' && ready > 0),
    );

    await killAgent();
    await outcome;
    await cluster.ensureAgent();
    const again = await cluster.target.prepare(prepareInput('1.1.0', { replicas: 3, rolling: true }), patient);

    expect(again.weights).toEqual([{ release: '1.1.0', weight: 100 }]);
    expect((await fetch(url)).headers.get('x-f0-release')).toBe('1.1.0');
    await until(
      () => cluster.status(),
      ({ releases }) => releases.flatMap(({ replicas }) => replicas).length === 3,
    );
  });

  it('stops everything in order, and starts it again as it was', async () => {
    const url = await cluster.serve('1.0.0', 2);
    await cluster.target.prepare(prepareInput('1.1.0', { env: { COLOUR: 'blue' } }), patient);
    await cluster.target.shift({ ...ref('1.1.0'), weight: 40, otherRelease: '1.0.0' }, patient);
    const before = await pids();
    const { pid } = await cluster.ensureAgent();

    await stopClusterAgent({ home: cluster.home });

    expect([pid, ...before].filter(isAlive)).toEqual([]);
    expect(await readAgentFile(cluster.home)).toBeNull();

    await cluster.ensureAgent();
    await until(
      () => cluster.status(),
      ({ releases }) => releases.every(({ ready }) => ready === 2),
    );
    const state = await cluster.target.describe({ ...ref('1.0.0'), app: 'web' });
    const env = await Promise.all(Array.from({ length: 5 }, () => environmentAt(url)));

    expect(state).toMatchObject({
      url,
      stableRelease: '1.0.0',
      weights: [
        { release: '1.1.0', weight: 40 },
        { release: '1.0.0', weight: 60 },
      ],
    });
    expect(env.filter(({ F0_RELEASE }) => F0_RELEASE === '1.1.0')).toHaveLength(2);
    expect(env.find(({ F0_RELEASE }) => F0_RELEASE === '1.1.0')).toMatchObject({
      COLOUR: 'blue',
      F0_ENVIRONMENT: 'production',
    });
  });

  it('ends replicas that an agent started and could not write down', async () => {
    await cluster.serve('1.0.0', 1);
    const [orphan = 0] = await pids();
    await killAgent();
    await writeFile(path.join(cluster.home, 'cluster', 'state.json'), '{"version":1,"apps":[]}');

    await cluster.ensureAgent();

    await until(
      () => isAlive(orphan),
      (alive) => !alive,
    );
  });

  it('moves to another port when its own was taken, and says so', async () => {
    const url = await cluster.serve('1.0.0', 1);
    await stopClusterAgent({ home: cluster.home });
    const port = Number(new URL(url).port);
    await occupy(port);

    await cluster.ensureAgent();
    const status = await until(
      () => cluster.status(),
      ({ releases }) => releases[0]?.ready === 1,
    );

    expect(status.url).not.toBe(url);
    expect(status.notices).toEqual([
      `port ${port} is taken by another process; the app is at port ${new URL(String(status.url)).port} now`,
    ]);
    expect((await fetch(String(status.url))).headers.get('x-f0-release')).toBe('1.0.0');
  });

  it('refuses a fixed port that is taken', async () => {
    const port = await occupy(0);
    const fixed = { name: 'here', type: 'local' as const, settings: { port } };

    await expect(cluster.target.prepare(prepareInput('1.0.0', { cluster: fixed }), patient)).rejects.toMatchObject({
      type: 'Conflict',
      message: expect.stringContaining(`port ${port} is taken`),
    });
  });

  it('moves to a port that the settings fix later', async () => {
    const url = await cluster.serve('1.0.0', 1);
    const port = await freePort();
    const fixed = { name: 'here', type: 'local' as const, settings: { port } };

    const moved = await cluster.target.prepare(prepareInput('1.0.0', { replicas: 1, cluster: fixed }), patient);

    expect(moved.url).toBe(`http://127.0.0.1:${port}`);
    expect((await fetch(String(moved.url))).status).toBe(200);
    await until(
      () =>
        fetch(url).then(
          () => 'answers',
          () => 'gone',
        ),
      (seen) => seen === 'gone',
    );
  });

  it('says why it does not start on a state it cannot read', async () => {
    const home = path.join(cluster.home, 'other');
    await mkdir(path.join(home, 'cluster'), { recursive: true });
    await writeFile(path.join(home, 'cluster', 'state.json'), 'not JSON');

    await expect(ensureClusterAgent({ home, entry: agentEntry })).rejects.toMatchObject({
      type: 'Unavailable',
      message: expect.stringContaining('state.json is not a state of the local cluster'),
    });
  });
});
