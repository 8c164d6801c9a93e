import { join } from 'node:path';
import { root, TestSystem, until } from './test-system';

const document = join(root, 'examples', 'enterprise-deployment-pipeline.yaml');

/** 30 minutes of soak in 12 seconds: long enough to be killed in. */
const timeScale = String(12 / (30 * 60));

describe('a killed system', () => {
  const system = new TestSystem();
  afterAll(() => system.dispose());

  it.each([
    ['1.0.0', 'the app that is found by itself', []],
    ['2.0.0', 'an app that is named', ['--app', join(root, 'examples', 'shop')]],
  ])(
    'goes on where it was: soak, approval, production (%s, %s)',
    async (release, _app, options) => {
      await system.up();
      const run = await system.run(document, release, '--time-scale', timeScale, ...options);
      const decide = (by: string) =>
        system.f0('approve', run, '--stage', 'deploy_production', '--as', by, '--reason', 'it has soaked');
      await until(
        () => system.status(run),
        ({ deployments }) =>
          deployments.some(
            ({ environment, steps }) =>
              environment === 'staging' &&
              steps.some(({ title, phase }) => title.startsWith('validation') && phase === 'running'),
          ),
      );

      await system.killHard('system');
      await system.up();

      const waiting = await until(
        () => system.status(run),
        ({ phase }) => phase !== 'running' && phase !== 'waiting',
        120_000,
      );
      expect(waiting).toMatchObject({ phase: 'awaiting_approval', awaiting: [{ stage: 'deploy_production' }] });
      expect(await decide('anna')).toMatchObject({ code: 4, stderr: expect.stringContaining('may not approve') });
      expect(await decide('bob')).toMatchObject({ code: 0 });
      const ended = await system.end(run);
      expect(ended.phase).toBe('succeeded');
      expect(ended.stages.map(({ phase }) => phase)).toEqual(Array(4).fill('succeeded'));

      expect(await system.f0('down')).toMatchObject({ code: 0 });
    },
    300_000,
  );
});
