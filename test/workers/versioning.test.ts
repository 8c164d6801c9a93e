import { temporal } from '@temporalio/proto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { freezeUpdate } from '../../src/contracts/messages';
import { TaskQueue } from '../../src/contracts/task-queues';
import { type RunningWorkers, startWorkers } from '../../src/workers';
import type { environment as keeper } from '../../src/workflows';
import { devServer, workflowBundle } from '../support/temporal';
import { waitFor } from '../support/wait-for';
import { FakeServices, silent, startWorking, workBundle, workerConfig } from './support/fixtures';

const deploymentName = 'framework0';
let environment: TestWorkflowEnvironment;
beforeAll(async () => {
  environment = await devServer();
});
afterAll(() => environment.teardown());

async function start(buildId: string, services: FakeServices, bundle = workBundle()): Promise<RunningWorkers> {
  return startWorkers({
    config: workerConfig({ F0_DEPLOYMENT_NAME: deploymentName, F0_BUILD_ID: buildId }),
    logger: silent,
    services: async () => services,
    temporal: { address: environment.address, namespace: 'default' },
    workflowBundle: await bundle,
  });
}

/** The server knows a version once a worker of it has polled, and may answer before its task queues know which is current. */
async function makeCurrent(buildId: string): Promise<void> {
  const { workflowService } = environment.connection;
  const deployment = { namespace: 'default', deploymentName };
  await waitFor(`build ${buildId} to become current`, () =>
    workflowService.setWorkerDeploymentCurrentVersion({ ...deployment, buildId }),
  );
  const underWay = temporal.api.enums.v1.RoutingConfigUpdateState.ROUTING_CONFIG_UPDATE_STATE_IN_PROGRESS;
  await waitFor('the task queues to know', async () => {
    const { workerDeploymentInfo } = await workflowService.describeWorkerDeployment(deployment);
    return workerDeploymentInfo?.routingConfigUpdateState !== underWay;
  });
}

describe('worker versions', () => {
  it('keep a run on the build that it began on, and start new runs on the current one', async () => {
    const [old, next] = [new FakeServices(), new FakeServices()];
    let goOn: (() => void) | null = null;
    old.work = () => new Promise((resolve) => (goOn = resolve));
    const first = await start('build-1', old);
    await makeCurrent('build-1');
    const began = await startWorking(environment.client, { times: 2 });
    const finishFirst = await waitFor('the first activity', () => goOn);

    const second = await start('build-2', next);
    await makeCurrent('build-2');
    const later = await startWorking(environment.client, { times: 2 });
    await later.result();
    old.work = async () => undefined;
    finishFirst();
    await began.result();
    await Promise.all([first.drain(), second.drain()]);

    expect(old.worked).toEqual([`${began.workflowId}/1`, `${began.workflowId}/2`]);
    expect(next.worked).toEqual([`${later.workflowId}/1`, `${later.workflowId}/2`]);
  });

  it('do not hold the keeper of an environment, which never ends, on the build that it began on', async () => {
    const first = await start('build-3', new FakeServices(), workflowBundle());
    await makeCurrent('build-3');
    const handle = await environment.client.workflow.start<typeof keeper>('environment', {
      workflowId: 'environment/shop/production',
      taskQueue: TaskQueue.orchestrate,
      args: [{ namespace: 'shop', environment: 'production' }],
    });
    const builtBy = async () => (await handle.describe()).raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion;
    await waitFor('its first workflow task', async () => (await builtBy())?.buildId === 'build-3');

    const second = await start('build-4', new FakeServices(), workflowBundle());
    await makeCurrent('build-4');
    await first.drain();

    const freeze = { id: 'f1', by: { name: 'alice', source: 'cli' }, reason: 'holidays', until: null } as const;
    expect(await handle.executeUpdate(freezeUpdate, { args: [freeze] })).toMatchObject({ reason: 'holidays' });
    expect(await builtBy()).toMatchObject({ buildId: 'build-4' });
    await handle.terminate();
    await second.drain();
  });
});
