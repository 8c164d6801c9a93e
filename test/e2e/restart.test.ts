import { join } from 'node:path';
import type { RunAnalyses } from '../../src/console/api';
import { until } from '../support/wait-for';
import { gone, root, TestSystem } from './test-system';

const document = join(root, 'examples', 'enterprise-deployment-pipeline.yaml');

/** 30 minutes of soak in 12 seconds: long enough to be killed in. */
const timeScale = String(12 / (30 * 60));

/** Below two minutes: by then the server misses the heartbeats of a soak that the new observer did not take up. */
const takeover = 90_000;

describe('a run whose system ends while staging soaks', () => {
  const system = new TestSystem();
  beforeAll(() => system.up(), 120_000);
  afterAll(() => system.dispose(), 120_000);

  it('goes on after kill -9 and a new start: the rest of the soak, an approval, production', async () => {
    // The app beside the document is found by itself.
    const run = await system.run(document, '1.0.0', '--time-scale', timeScale);
    await soaks(run);

    await system.killHard('system');
    await system.up();

    const waiting = await until(
      () => system.status(run),
      ({ phase }) => phase !== 'running' && phase !== 'waiting',
      takeover,
    );
    expect(waiting).toMatchObject({ phase: 'awaiting_approval', awaiting: [{ stage: 'deploy_production' }] });
    expect(await approve(run, 'anna')).toMatchObject({ code: 4, stderr: expect.stringContaining('may not approve') });
    expect(await approve(run, 'bob')).toMatchObject({ code: 0 });
    await expectSuccess(run);
  }, 300_000);

  it('goes on after `f0 down` and a new start, with all of the apps', async () => {
    const run = await system.run(document, '2.0.0', '--time-scale', timeScale, '--app', 'examples/shop');
    await soaks(run);

    const { agent, system: owner, temporal, replicas } = system.processes();
    expect(await system.f0('down')).toMatchObject({ code: 0 });
    await gone([agent, owner, temporal, ...replicas]);
    await system.up();

    await until(
      () => system.status(run),
      ({ phase }) => phase === 'awaiting_approval',
      120_000,
    );
    expect(await approve(run, 'bob')).toMatchObject({ code: 0 });
    await expectSuccess(run);
  }, 300_000);

  /** Until the soak has been written down: an observer that is killed before that is noticed by its heartbeats only. */
  async function soaks(run: string): Promise<void> {
    await until(
      () => system.ask<RunAnalyses>(`/runs/${encodeURIComponent(run)}/analyses`),
      ({ analyses }) => analyses.some(({ environment }) => environment === 'staging'),
      120_000,
    );
  }

  function approve(run: string, by: string) {
    return system.f0('approve', run, '--stage', 'deploy_production', '--as', by, '--reason', 'it has soaked');
  }

  async function expectSuccess(run: string): Promise<void> {
    // A restart takes the history of the release before with it: with too few points of it the judge asks, as it should.
    const ended = await until(
      async () => {
        const status = await system.status(run);
        const asked = status.awaiting.filter(({ gate }) => gate.endsWith('insufficient_data'));
        for (const { gate } of asked) {
          await system.f0(
            'approve',
            run,
            '--stage',
            'deploy_production',
            '--gate',
            gate,
            '--as',
            'bob',
            '--reason',
            'new',
          );
        }
        return status;
      },
      ({ endedAt }) => endedAt !== null,
      150_000,
    );
    expect(ended).toMatchObject({ phase: 'succeeded' });
    expect(ended.stages.map(({ phase }) => phase)).toEqual(Array(4).fill('succeeded'));
  }
});
