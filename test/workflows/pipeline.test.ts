import { failure } from '../../src/contracts/errors';
import { skipUpdate } from '../../src/contracts/messages';
import { refusalOf, useHarness } from './harness';
import {
  blueGreen,
  bob,
  buildStage,
  command,
  deploymentPlan,
  gatePlan,
  plan,
  rolling,
  simplePlan,
  stage,
} from './plans';
import { commandFailed, failed, Hold, passed } from './world';

describe('pipeline', () => {
  const it_ = useHarness();

  it('takes a good release from build to production', async () => {
    const { run, world } = bound();

    const result = await run(simplePlan('1.0.0'));

    expect(result).toMatchObject({ phase: 'succeeded', artifactDigest: expect.stringMatching(/^sha256:/) });
    expect(world.cluster.serving('production')).toBe('1.0.0 100%');
    expect(world.actions()).toEqual(
      expect.arrayContaining([
        'release.started',
        'artifact.built',
        'analysis.pass',
        'deployment.succeeded',
        'release.finished',
      ]),
    );
  });

  it('goes back to the release before when a trigger is true, with the figures of the way back', async () => {
    const { run, world } = bound();
    await run(simplePlan('1.0.0'));
    world.analyze = async ({ target }) => (target.release === '1.1.0' ? failed() : passed());

    const result = await run(simplePlan('1.1.0'));

    expect(result).toMatchObject({ phase: 'rolled_back', reason: expect.stringContaining('error_rate was 5.1%') });
    expect(result.stages.at(-1)).toMatchObject({
      decisions: [{ outcome: 'true' }],
      rollback: { breachedAt: expect.any(String), decidedAt: expect.any(String), trafficBackAt: expect.any(String) },
    });
    expect(world.cluster.serving('production')).toBe('1.0.0 100%');
  });

  it('fails when the build fails, names it and skips what depends on it', async () => {
    const { run, world } = bound();
    world.build = async () => Promise.reject(commandFailed('tsc: 3 errors'));

    const result = await run(simplePlan('1.0.0'));

    expect(result).toMatchObject({ phase: 'failed', reason: 'build: tsc: 3 errors' });
    expect(result.stages).toMatchObject([
      { phase: 'failed' },
      { phase: 'skipped', reason: 'build ended failed', skippedForFailure: true },
    ]);
    expect(world.cluster.calls).toEqual([]);
    expect(world.builds).toBe(1);
  });

  it('runs a failed command again as often as the stage says, each try under a key of its own', async () => {
    const { run, world } = bound();
    let tries = 0;
    world.runCommand = async () => {
      tries += 1;
      if (tries < 3) throw commandFailed('flaky');
    };

    const result = await run(plan('1.0.0', [stage('test', { commands: [command('unit')], retries: 2 })]));

    expect(result.phase).toBe('succeeded');
    expect(new Set(world.commands.map(({ key }) => key)).size).toBe(3);
  });

  it('fails when the last try failed, and does not run what follows in the stage', async () => {
    const { run, world } = bound();
    world.runCommand = async () => Promise.reject(commandFailed('2 of 10 tests failed'));

    const stages = [stage('test', { commands: [command('unit'), command('integration')], retries: 1 })];
    const result = await run(plan('1.0.0', stages));

    expect(result).toMatchObject({ phase: 'failed', reason: 'test: 2 of 10 tests failed' });
    expect(world.commands.map(({ command: { name } }) => name)).toEqual(['unit', 'unit']);
  });

  it('does not spend tries on an error that is not the command’s own', async () => {
    const { run, world } = bound();
    world.runCommand = async () => {
      throw failure('InvalidInput', 'no such folder');
    };

    const result = await run(plan('1.0.0', [stage('test', { commands: [command('unit')], retries: 5 })]));

    expect(result).toMatchObject({ phase: 'failed', reason: 'test: no such folder' });
    expect(world.commands).toHaveLength(1);
  });

  it('says that a stage took too long, and stops its command', async () => {
    const { start, result, world } = bound();
    const hold = new Hold();
    world.runCommand = hold.wait;

    const id = await start(plan('1.0.0', [stage('test', { commands: [command('unit')], timeoutSeconds: 10 })]));
    await hold.reached;

    expect(await result(id)).toMatchObject({
      phase: 'failed',
      reason: 'test: stage test was not done within 10 s',
    });
  });

  it('takes a deployment back that is not done in time, and says so', async () => {
    const { run, world } = bound();
    await run(simplePlan('1.0.0'));
    const steps = [...blueGreen.slice(0, 2), { kind: 'pause', durationSeconds: null } as const];

    const result = await run(simplePlan('1.1.0', { timeoutSeconds: 900 }, { steps }));

    expect(result).toMatchObject({
      phase: 'rolled_back',
      reason: 'production: stage production was not done within 900 s; cancelled; 1.0.0 serves',
    });
    expect(world.cluster.serving('production')).toBe('1.0.0 100%');
  });

  it('skips a stage whose condition is false and runs what depends on it', async () => {
    const { run, world } = bound();

    const result = await run(
      plan('1.0.0', [
        stage('scan', { commands: [command('scan')], skip: 'when: inputs.scan is false' }),
        stage('test', { commands: [command('unit')], requires: ['scan'] }),
      ]),
    );

    expect(result.stages).toMatchObject([
      { phase: 'skipped', reason: 'when: inputs.scan is false', skippedForFailure: false },
      { phase: 'succeeded' },
    ]);
    expect(result.phase).toBe('succeeded');
    expect(world.commands).toHaveLength(1);
  });

  it('never runs more stages at once than allowed, and all of them in the end', async () => {
    const { run, world } = bound();
    let now = 0;
    let most = 0;
    world.runCommand = async () => {
      now += 1;
      most = Math.max(most, now);
      // The first one waits for a second, which may come late.
      await it_().until(() => {
        if (most < 2) throw new Error(`${most} under way`);
      });
      await new Promise((resolve) => setTimeout(resolve, 30));
      now -= 1;
    };
    const stages = Array.from({ length: 7 }, (_, index) => stage(`s${index}`, { commands: [command('c')] }));

    const result = await run(plan('1.0.0', stages, { maxParallelStages: 2 }));

    expect(result.phase).toBe('succeeded');
    expect(world.commands).toHaveLength(7);
    expect(most).toBe(2);
  });

  it('names the first cause when several stages fail, and skips all that depend on them', async () => {
    const { start, world } = bound();
    const second = new Hold();
    world.runCommand = async ({ command: { name } }) => {
      if (name === 'late') await second.wait();
      throw commandFailed(`${name} failed`);
    };

    const id = await start(
      plan('1.0.0', [
        stage('late', { commands: [command('late')] }),
        stage('early', { commands: [command('early')] }),
        stage('a', { commands: [command('a')], requires: ['early'] }),
        stage('b', { commands: [command('b')], requires: ['a'] }),
      ]),
    );
    await it_().until(async () => expect((await it_().status(id)).stages[1]?.phase).toBe('failed'));
    second.open();
    const result = await it_().result(id);

    expect(result).toMatchObject({ phase: 'failed', reason: 'early: early failed' });
    expect(result.stages.map(({ phase }) => phase)).toEqual(['failed', 'failed', 'skipped', 'skipped']);
  });

  it('goes on after a stage that may fail', async () => {
    const { run, world } = bound();
    world.runCommand = async ({ command: { name } }) => {
      if (name === 'lint') throw commandFailed('lint failed');
    };

    const result = await run(
      plan('1.0.0', [
        stage('lint', { commands: [command('lint')], allowFailure: true }),
        stage('test', { commands: [command('unit')], requires: ['lint'] }),
      ]),
    );

    expect(result.phase).toBe('succeeded');
    expect(result.stages.map(({ phase }) => phase)).toEqual(['failed', 'succeeded']);
  });

  it('refuses to deploy what nothing built', async () => {
    const { run } = bound();

    const result = await run(plan('1.0.0', [stage('production', { deployment: deploymentPlan('production') })]));

    expect(result).toMatchObject({
      phase: 'failed',
      reason: 'production: stage production deploys, and no stage before it built anything',
    });
  });

  it('leaves out a stage that was skipped by hand before it started, and no other', async () => {
    const { start, result, world, skip } = bound();
    const hold = new Hold();
    world.build = hold.wait;
    const id = await start(
      plan('1.0.0', [
        buildStage,
        stage('test', { commands: [command('unit')], requires: ['build'] }),
        stage('development', { requires: ['test'], deployment: deploymentPlan('development', { steps: rolling }) }),
        stage('gated', { requires: ['development'], gates: [gatePlan()] }),
      ]),
    );
    await hold.reached;

    const refusals = [
      await refusalOf(skip(id, 'build')),
      await refusalOf(skip(id, 'nowhere')),
      await refusalOf(skip(id, 'gated')),
    ];
    await skip(id, 'test');
    hold.open();
    await it_().untilPhase(id, 'awaiting_approval');
    await it_().approve(id, { stage: 'gated' });

    expect(refusals).toEqual([
      'build is running already',
      'there is no stage nowhere; stages: build, test, development, gated',
      'gated has an approval gate: approve or reject it, it cannot be skipped',
    ]);
    const ended = await result(id);
    expect(ended).toMatchObject({ phase: 'succeeded' });
    expect(ended.stages[1]).toMatchObject({ phase: 'skipped', reason: 'skipped by bob: because' });
    expect(world.commands).toEqual([]);
    expect(world.cluster.serving('development')).toBe('1.0.0 100%');
  });

  function bound() {
    const harness = it_();
    return {
      world: harness.world,
      run: harness.run.bind(harness),
      start: harness.start.bind(harness),
      result: harness.result.bind(harness),
      skip: (id: string, name: string) =>
        harness.handle(id).executeUpdate(skipUpdate, { args: [{ stage: name, by: bob, reason: 'because' }] }),
    };
  }
});
