import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { RunStatus } from '../../src/client';
import { until } from '../support/wait-for';
import { TestSystem } from './test-system';
import { TinyApp, tinyPipeline } from './tiny-app';

type AppOptions = ConstructorParameters<typeof TinyApp>[1];
type PipelineOptions = Parameters<typeof tinyPipeline>[2];

describe('what goes wrong', () => {
  const system = new TestSystem();
  let platform: string;
  beforeAll(async () => {
    platform = writePlatform('platform.yaml', { type: 'local' });
    await system.up();
  }, 120_000);
  afterAll(() => system.dispose(), 120_000);

  describe('with a release', () => {
    it('is refused when it exists with other content, and is no other run when it is the same', async () => {
      const { app, send } = newApp('same-release');
      // Else it may have gone all the way before it is sent again.
      app.tiny.hold('build');
      const run = await send('1.0.0');
      const again = await system.f0('run', app.pipeline, ...app.options('1.0.0'), '--detach');
      app.tiny.letGo('build');
      expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('at work already') });
      expect((await system.end(run)).phase).toBe('succeeded');

      const other = tinyPipeline(app.pipeline, 'same-release', { deploy: { env: { COLOUR: 'blue' } } });
      expect(await system.f0('run', other, ...app.options('1.0.0'), '--detach')).toMatchObject({
        code: 4,
        stderr: expect.stringMatching(/with other content.*give this one a new name/),
      });
      expect(app.tiny.count('start 1.0.0')).toBe(1);
    }, 60_000);

    it('waits for the one that is in the environment, and says for which', async () => {
      const { app, send } = newApp('queue');
      app.tiny.hold('health-1.0.0');
      const first = await send('1.0.0');
      await until(
        async () => app.tiny.count('start 1.0.0'),
        (starts) => starts > 0,
      );
      app.tiny.change();

      const second = await send('1.1.0');

      await until(
        () => system.status(second),
        ({ stages }) =>
          stages.some(
            ({ name, phase, reason }) => name === 'deploy' && phase === 'waiting' && reason.includes('tiny/live/1.0.0'),
          ),
      );
      expect(app.tiny.count('start 1.1.0')).toBe(0);
      app.tiny.letGo('health-1.0.0');
      expect((await system.end(first)).phase).toBe('succeeded');
      expect((await system.end(second)).phase).toBe('succeeded');
      expect(system.cluster().apps.find(({ key }) => key.namespace === 'queue')).toMatchObject({ stable: '1.1.0' });
    }, 120_000);

    it('goes on after SIGINT, which says how to follow it', async () => {
      const { app } = newApp('interrupted');
      app.tiny.hold('build');
      const following = system.start(['run', app.pipeline, ...app.options('1.0.0')]);
      await until(
        async () => app.tiny.count('build begin'),
        (begins) => begins === 1,
      );

      following.child.kill('SIGINT');

      expect(await following.ended).toMatchObject({
        code: 130,
        stderr: expect.stringContaining('f0 watch tiny/1.0.0'),
      });
      app.tiny.letGo('build');
      const watched = await system.f0('watch', 'pipeline/interrupted/tiny/1.0.0');
      expect(watched.code).toBe(0);
      expect(app.tiny.count('build end')).toBe(1);
    }, 60_000);
  });

  describe('at a gate', () => {
    const approval = { roles: ['release-manager'], quorum: 2, expires_in: '1h' };
    const approve = (run: string, by: string, ...more: readonly string[]) =>
      system.f0('approve', run, '--as', by, '--reason', 'looked at it', ...more);

    it('refuses who may not decide, who has decided, and what does not wait', async () => {
      const { send } = newApp('gate', {}, { environment: { approval_required: true }, deploy: { approval } });
      const run = await send('1.0.0');
      await asks(run);

      expect(await approve(run, 'anna')).toMatchObject(refused(/separation of duties/));
      expect(await approve(run, 'dave')).toMatchObject(refused(/must have the role release-manager/));
      expect(await approve(run, 'nobody')).toMatchObject(refused(/nobody may not decide/));
      expect(await approve(run, 'bob', '--stage', 'deploi')).toMatchObject({
        code: 4,
        stderr: expect.stringContaining('no stage "deploi"'),
      });
      expect(await approve(run, 'bob', '--stage', 'build')).toMatchObject(refused(/build waits for no decision/));
      expect(await approve(run, 'bob', '--subject', 'f00')).toMatchObject(refused(/no longer what is asked/));
      expect(await approve(run, 'bob')).toMatchObject({ code: 0 });
      expect(await approve(run, 'bob')).toMatchObject(refused(/bob has approved already/));
      expect(await system.status(run)).toMatchObject({ awaiting: [{ approvedBy: ['bob'] }] });
      expect(await approve(run, 'carol')).toMatchObject({ code: 0 });
      expect((await system.end(run)).phase).toBe('succeeded');
      expect(await approve(run, 'erin')).toMatchObject(refused(/has ended \(succeeded\)/));
    }, 120_000);

    it('counts silence as no: after the expiry nothing is deployed, and a late approval is refused', async () => {
      const deploy = { approval: { expires_in: '2s' } };
      const { app, send } = newApp('expiry', {}, { environment: { approval_required: true }, deploy });
      const run = await send('1.0.0');

      const ended = await system.end(run);

      expect(ended).toMatchObject({ phase: 'failed', reason: expect.stringMatching(/nobody decided in time/) });
      expect(app.tiny.count('start 1.0.0')).toBe(0);
      expect(await approve(run, 'bob')).toMatchObject(refused(/has ended \(failed\)/));
    }, 60_000);
  });

  describe('with an app', () => {
    it('that does not build: the run fails with its last words, and nothing after it runs', async () => {
      const build = `node -e "console.error('no such header'); process.exit(3)"`;
      const { app } = newApp('no-build', { build });
      const { code } = await system.f0('run', app.pipeline, ...app.options('1.0.0'));
      const status = await system.status('pipeline/no-build/tiny/1.0.0');

      expect(code).toBe(1);
      expect(status).toMatchObject({
        phase: 'failed',
        reason: expect.stringMatching(/build.*no such header/s),
        stages: [{ phase: 'failed' }, { phase: 'skipped' }, { phase: 'skipped' }],
      });
    }, 60_000);

    it('that never becomes healthy: the release before serves on, and the reason says so', async () => {
      const { app, send } = newApp('unhealthy');
      expect((await system.end(await send('1.0.0'))).phase).toBe('succeeded');
      // For this one alone: the first has the time that it needs.
      tinyPipeline(app.pipeline, 'unhealthy', { environment: { progress_deadline: '5s' } });
      app.tiny.change();
      app.tiny.hold('health-1.1.0');

      const ended = await system.end(await send('1.1.0'));

      expect(['rolled_back', 'failed']).toContain(ended.phase);
      expect(ended.reason).toMatch(/1\.0\.0 serves/);
    }, 90_000);

    it('without metrics: the gate holds and asks a person, who may let it pass or not', async () => {
      const validation = { duration: '2s', success_criteria: 'error_rate < 1% over 2s' };
      const deploy = { validation, monitoring: { interval: '1s' } };
      const { send } = newApp('unmeasured', { metrics: false }, { deploy });
      const run = await send('1.0.0');

      const asking = await asks(run);

      expect(asking.awaiting).toMatchObject([{ stage: 'deploy' }]);
      expect(asking.deployments[0]?.decisions).toContainEqual(
        expect.objectContaining({ subject: expect.stringContaining('error_rate'), outcome: 'unknown' }),
      );
      expect(await system.f0('reject', run, '--as', 'bob', '--reason', 'unknown is not good')).toMatchObject({
        code: 0,
      });
      const ended = await system.end(run);
      expect(['rolled_back', 'failed']).toContain(ended.phase);
    }, 90_000);

    it('whose fixed port is taken: the run fails and names the port', async () => {
      const stranger = createServer().listen(0, '127.0.0.1');
      await once(stranger, 'listening');
      const { port } = stranger.address() as AddressInfo;
      const { app } = newApp('taken-port');
      const fixed = writePlatform('fixed-port.yaml', { type: 'local', port });

      const run = await system.run(app.pipeline, '1.0.0', '--app', app.tiny.source, '--platform', fixed);
      const ended = await system.end(run);

      stranger.close();
      expect(ended).toMatchObject({ phase: 'failed', reason: expect.stringContaining(`${port} is taken`) });
    }, 60_000);
  });

  function newApp(namespace: string, appOptions?: AppOptions, options?: PipelineOptions) {
    const folder = join(system.home, 'apps', namespace);
    mkdirSync(folder, { recursive: true });
    const tiny = new TinyApp(folder, appOptions);
    const pipeline = tinyPipeline(join(folder, 'pipeline.yaml'), namespace, options);
    const app = {
      tiny,
      pipeline,
      options: (release: string) => [
        ...['--release', release, '--app', tiny.source, '--platform', platform, '--as', 'anna'],
      ],
    };
    const send = (release: string) => system.run(pipeline, release, '--app', tiny.source, '--platform', platform);
    return { app, send };
  }

  function asks(run: string): Promise<RunStatus> {
    return until(
      () => system.status(run),
      ({ awaiting }) => awaiting.length > 0,
    );
  }

  function refused(why: RegExp) {
    return { code: 4, stderr: expect.stringMatching(why) };
  }

  function writePlatform(name: string, cluster: object): string {
    const roles = (...names: readonly string[]) => ({ roles: names });
    const users = {
      anna: roles('release-manager'),
      bob: roles('release-manager'),
      carol: roles('release-manager'),
      dave: roles('developer'),
      erin: roles('release-manager'),
    };
    const file = join(system.home, name);
    const document = {
      apiVersion: 'framework0.io/v1',
      kind: 'ProductionPlatform',
      metadata: { name: 'faults' },
      spec: { clusters: { '*': cluster }, identity: { users } },
    };
    writeFileSync(file, JSON.stringify(document));
    return file;
  }
});
