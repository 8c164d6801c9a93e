import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { type RunningWorkers, startWorkers } from '../../src/workers';
import { devServer } from '../support/temporal';
import { waitFor } from '../support/wait-for';
import { FakeServices, silent, startWorking, workBundle, workerConfig } from '../workers/support/fixtures';
import { type CliAnswer, type CliOptions, f0 } from './harness';

const deploymentName = 'framework0';
let environment: TestWorkflowEnvironment;
let options: CliOptions;
beforeAll(async () => {
  environment = await devServer();
  options = { env: { TEMPORAL_ADDRESS: environment.address, F0_DEPLOYMENT_NAME: deploymentName } };
});
afterAll(() => environment.teardown());

const version = (...argv: string[]): Promise<CliAnswer> => f0(['worker-version', ...argv], options);

/** Where the server says each build is. */
async function states(): Promise<Record<string, string>> {
  const { stdout } = await version('list', '-o', 'json');
  const { builds } = JSON.parse(stdout) as { builds: readonly { buildId: string; state: string }[] };
  return Object.fromEntries(builds.map(({ buildId, state }) => [buildId, state]));
}

async function start(buildId: string, services: FakeServices): Promise<RunningWorkers> {
  return startWorkers({
    config: workerConfig({ F0_DEPLOYMENT_NAME: deploymentName, F0_BUILD_ID: buildId }),
    logger: silent,
    services: async () => services,
    temporal: { address: environment.address, namespace: 'default' },
    workflowBundle: await workBundle(),
  });
}

describe('f0 worker-version', () => {
  it('knows no deployment before a worker has polled, and abandons nothing then', async () => {
    expect(await version('check', '--serve', '1.0.0')).toMatchObject({ code: 0 });
    expect(await version('list')).toMatchObject({ code: 1, stderr: expect.stringContaining(deploymentName) });
    expect(await version('set-current', '--build-id', '1.0.0', '--wait', '0')).toMatchObject({ code: 1 });
  });

  it('makes a build current once its workers poll, and refuses to abandon one that a run needs', async () => {
    const [old, next] = [new FakeServices(), new FakeServices()];
    const open: (() => void)[] = [];
    old.work = () => new Promise((resolve) => open.push(resolve));
    const asked = version('set-current', '--build-id', '1.0.0', '--wait', '60');
    const first = await start('1.0.0', old);
    expect(await asked).toMatchObject({ code: 0, stdout: expect.stringContaining('1.0.0') });
    const run = await startWorking(environment.client, { times: 1 });
    await waitFor('the run to begin', () => open.length > 0);

    // The new one alone would leave the open run without workers.
    expect(await version('check', '--serve', '2.0.0')).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('1.0.0 (current)'),
    });
    expect(await version('check', '--serve', '2.0.0', '1.0.0')).toMatchObject({ code: 0 });

    const second = await start('2.0.0', next);
    expect(await version('set-current', '--build-id', '2.0.0', '--wait', '60')).toMatchObject({ code: 0 });
    expect(await version('set-current', '--build-id', '2.0.0', '--wait', '0')).toMatchObject({ code: 0 });
    expect(await states()).toEqual({ '2.0.0': 'current', '1.0.0': 'draining' });
    expect(await version('check', '--serve', '2.0.0')).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('1.0.0 (draining)'),
    });

    // An attempt that is given up for its silence is followed by one that ends.
    old.work = async () => undefined;
    for (const finish of open) finish();
    await run.result();
    await Promise.all([first.drain(), second.drain()]);
    expect(new Set(old.worked)).toEqual(new Set([`${run.workflowId}/1`]));
    expect(next.worked).toEqual([]);
  });

  it('names what is missing', async () => {
    const bare = { env: { TEMPORAL_ADDRESS: environment.address } };

    const noName = await f0(['worker-version', 'list'], bare);
    const noBuild = await version('set-current');
    const never = await version('set-current', '--build-id', '9.9.9', '--wait', '0');

    expect(noName).toMatchObject({ code: 2, stderr: expect.stringContaining('F0_DEPLOYMENT_NAME') });
    expect(noBuild).toMatchObject({ code: 2, stderr: expect.stringContaining('F0_BUILD_ID') });
    expect(never).toMatchObject({ code: 1, stderr: expect.stringContaining('2.0.0') });
  });
});
