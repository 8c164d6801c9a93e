import { join } from 'node:path';
import type { PipelineStatus } from '../../src/contracts/status';
import { prepareShopRelease } from '../../src/embedded/demo/shop';
import { root, TestSystem, until } from './test-system';

const document = join(root, 'examples', 'enterprise-deployment-pipeline.yaml');

/** 30 minutes of soak in 12 seconds: long enough to be killed in. */
const timeScale = String(12 / (30 * 60));

describe('a killed system', () => {
  let system: TestSystem;
  beforeEach(() => {
    system = new TestSystem();
  });
  afterEach(() => system.dispose());

  const status = (id: string) => system.json<PipelineStatus>(['status', id]);
  const stageOf = (run: PipelineStatus, name: string) => run.stages.find((stage) => stage.name === name);

  it('goes on where it was: soak, approval, production', async () => {
    const app = join(system.home, 'shop');
    await prepareShopRelease('1.0.0', app);
    await system.up();
    const { workflowId } = await system.json<{ workflowId: string }>([
      ...['run', document, '--release', '1.0.0', '--app', app],
      ...['--time-scale', timeScale, '--as', 'anna', '--detach'],
    ]);
    await until(
      () => status(workflowId),
      (run) => stageOf(run, 'deploy_staging')?.phase === 'running',
    );

    await system.killHard();
    await system.up();

    const waiting = await until(
      () => status(workflowId),
      ({ phase }) => phase !== 'running' && phase !== 'waiting',
      120_000,
    );
    expect(waiting).toMatchObject({ phase: 'awaiting_approval', awaiting: [{ stage: 'deploy_production' }] });
    expect(
      (await system.f0('approve', workflowId, '--stage', 'deploy_production', '--as', 'anna', '--reason', 'mine')).code,
    ).toBe(4);
    expect(
      (await system.f0('approve', workflowId, '--stage', 'deploy_production', '--as', 'bob', '--reason', 'soaked'))
        .code,
    ).toBe(0);
    const ended = await until(
      () => status(workflowId),
      ({ endedAt }) => endedAt !== null,
      120_000,
    );
    expect(ended.phase).toBe('succeeded');
  }, 300_000);
});
