import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createDeployTargets, type DeployTargetsOptions } from '../../../src/activities/deploy';
import { failure } from '../../../src/contracts/errors';
import type { ClusterPlan } from '../../../src/definition/release-plan';
import { fixtureArtifacts, patient, prepareInput, ref } from '../../embedded/cluster/test-cluster';

const here: ClusterPlan = { name: 'here', type: 'local', settings: {} };

describe('the local target', () => {
  let home: string;
  let server: Server | null = null;

  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'f0-local-target-'));
  });

  afterEach(async () => {
    server?.close();
    server?.closeAllConnections();
    server = null;
    await rm(home, { recursive: true, force: true });
  });

  const targetWith = (options: Partial<DeployTargetsOptions> = {}) =>
    createDeployTargets({ home, artifacts: fixtureArtifacts, ...options }).of(here);

  /** An agent that answers everything with the same, and remembers what it was asked. */
  async function fakeAgent(statusCode: number, answer: unknown): Promise<{ path: string; body: unknown }[]> {
    const asked: { path: string; body: unknown }[] = [];
    server = createServer(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += String(chunk);
      asked.push({ path: String(request.url), body: JSON.parse(text) });
      response.writeHead(statusCode, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await mkdir(path.join(home, 'cluster'), { recursive: true });
    const file = { pid: process.pid, startTime: 'now', url: `http://127.0.0.1:${port}`, token: 'x'.repeat(32) };
    await writeFile(path.join(home, 'cluster', 'agent.json'), JSON.stringify(file));
    return asked;
  }

  function status(more: object = {}, release: object = {}): object {
    const one = { release: '1.0.0', digest: 'sha256:1.0.0', desired: 2, ready: 2, failure: null, problem: null };
    return {
      app: { namespace: 'shop', environment: 'production', app: 'web' },
      url: 'http://127.0.0.1:1',
      notices: [],
      stableRelease: null,
      weights: [],
      rollingTo: null,
      releases: [{ ...one, silentSeconds: 0, replicas: [], ...release }],
      ...more,
    };
  }

  it('refuses a type of cluster that it does not know', () => {
    const targets = createDeployTargets({ home, artifacts: fixtureArtifacts });

    expect(() => targets.of({ name: 'moon', type: 'rocket' })).toThrow(
      'cluster "moon" is of type "rocket"; this version deploys to clusters of type local',
    );
  });

  it('is unavailable, and says what to do, while no agent runs', async () => {
    await expect(targetWith().describe({ ...ref('1.0.0'), app: 'web' })).rejects.toMatchObject({
      type: 'Unavailable',
      nonRetryable: false,
      message: expect.stringContaining('f0 up'),
    });
  });

  it('is unavailable when the agent of the state file does not answer', async () => {
    await fakeAgent(200, status());
    await new Promise((resolve) => server?.close(resolve));

    await expect(targetWith().describe({ ...ref('1.0.0'), app: 'web' })).rejects.toMatchObject({
      type: 'Unavailable',
      message: expect.stringContaining('does not answer'),
    });
  });

  it('passes a refusal on with its code', async () => {
    await fakeAgent(409, { code: 'Conflict', message: 'another content' });

    await expect(targetWith().prepare(prepareInput('1.0.0'), patient)).rejects.toMatchObject({
      type: 'Conflict',
      nonRetryable: true,
      message: 'another content',
    });
  });

  it('refuses settings that cannot be', async () => {
    const cluster = { ...here, settings: { port: 99_999 } };

    await expect(targetWith().prepare(prepareInput('1.0.0', { cluster }), patient)).rejects.toMatchObject({
      type: 'InvalidInput',
      message: expect.stringContaining('settings.port'),
    });
  });

  it('gives the replicas the values of secrets, never the references', async () => {
    const asked = await fakeAgent(200, { applied: true, waitingFor: null, status: status() });
    const env = { COLOUR: 'blue', PASSWORD: 'secret://vault/db' };
    const target = targetWith({ resolveSecret: async (reference) => `value of ${reference}` });

    await target.prepare(prepareInput('1.0.0', { env }), patient);

    expect(asked[0]).toMatchObject({
      path: '/v1/prepare',
      body: { env: { COLOUR: 'blue', PASSWORD: 'value of secret://vault/db' } },
    });
    await expect(targetWith().prepare(prepareInput('1.0.0', { env }), patient)).rejects.toMatchObject({
      type: 'InvalidInput',
      message: expect.stringContaining('PASSWORD'),
    });
  });

  it('waits on, telling how far it is, until it is cancelled', async () => {
    await fakeAgent(200, { applied: false, waitingFor: '1.0.0: 1 of 2 replicas ready', status: status() });
    const controller = new AbortController();
    const told: string[] = [];
    const progress = (detail: string): void => {
      told.push(detail);
      if (told.length === 3) controller.abort(new Error('cancelled by a person'));
    };

    await expect(targetWith().promote(ref('1.0.0'), { signal: controller.signal, progress })).rejects.toThrow(
      'cancelled by a person',
    );
    expect(told).toEqual(Array(3).fill('1.0.0: 1 of 2 replicas ready'));
  });

  it.each([
    { name: 'retired', release: { desired: 0 } },
    { name: 'replaced', release: { digest: 'sha256:other' } },
  ])('stops waiting for a release that was $name meanwhile', async ({ release }) => {
    await fakeAgent(200, { applied: true, waitingFor: null, status: status({}, release) });

    await expect(targetWith().prepare(prepareInput('1.0.0'), patient)).rejects.toMatchObject({ type: 'Conflict' });
  });

  it('starts the agent where it is told how', async () => {
    const ensureAgent = async (): Promise<void> => {
      await fakeAgent(200, status({ stableRelease: '1.0.0' }));
    };

    const state = await targetWith({ ensureAgent }).describe({ ...ref('1.0.0'), app: 'web' });

    expect(state.stableRelease).toBe('1.0.0');
  });

  it('passes on why a package cannot be unpacked', async () => {
    const artifacts = { ...fixtureArtifacts, unpack: () => Promise.reject(failure('NotFound', 'no such digest')) };

    await expect(targetWith({ artifacts }).prepare(prepareInput('1.0.0'), patient)).rejects.toMatchObject({
      type: 'NotFound',
    });
  });
});
