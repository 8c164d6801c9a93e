import { WorkflowFailedError } from '@temporalio/client';
import type { DeploymentStep } from '../../src/definition/release-plan';
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
import { endOf, Hold, passed } from './world';

const openPause: readonly DeploymentStep[] = [
  ...blueGreen.slice(0, 2),
  { kind: 'pause', durationSeconds: null },
  { kind: 'promote' },
];

describe('steering', () => {
  const harness = useHarness();
  const stable = () => harness().run(simplePlan('1.0.0'));

  /** A run of 1.1.0 over 1.0.0 that is in the given state, and how to let it go on. */
  const states = {
    async 'during the build'() {
      const hold = new Hold();
      harness().world.build = hold.wait;
      const id = await harness().start(simplePlan('1.1.0'));
      await hold.reached;
      return id;
    },
    async 'at a gate'() {
      const id = await harness().start(simplePlan('1.1.0', { gates: [gatePlan()] }));
      await harness().untilPhase(id, 'awaiting_approval');
      return id;
    },
    async 'in the queue of the environment'() {
      const hold = new Hold<never>();
      harness().world.analyze = hold.wait;
      await harness().start(simplePlan('1.0.9'));
      await hold.reached;
      const id = await harness().start(simplePlan('1.1.0'));
      await harness().until(async () => expect((await harness().environmentStatus()).waiting).toHaveLength(1));
      return id;
    },
    async 'during prepare'() {
      const hold = new Hold();
      harness().world.cluster.faults.set('prepare 1.1.0', hold.wait);
      const id = await harness().start(simplePlan('1.1.0'));
      await hold.reached;
      return id;
    },
    async 'during an analysis'() {
      const hold = new Hold<never>();
      harness().world.analyze = hold.wait;
      const id = await harness().start(simplePlan('1.1.0'));
      await hold.reached;
      return id;
    },
    async 'at an open pause'() {
      const id = await harness().start(simplePlan('1.1.0', {}, { steps: openPause }));
      await harness().untilPhase(id, 'paused');
      return id;
    },
    async 'while the old release stays ready'() {
      const id = await harness().start(simplePlan('1.1.0'));
      await harness().until(() => expect(harness().world.cluster.callsOn('production')).toContain('promote 1.1.0'));
      return id;
    },
  };
  const touched = ['during prepare', 'during an analysis', 'at an open pause', 'while the old release stays ready'];

  describe.each(Object.keys(states) as (keyof typeof states)[])('%s', (state) => {
    it('an abort stops the run, and 1.0.0 serves', async () => {
      await stable();
      const id = await states[state]();

      await harness().command(id, 'abort');

      const result = await harness().result(id);
      expect(result).toMatchObject({ phase: 'aborted', reason: expect.stringContaining('aborted by bob: because') });
      expect(harness().world.cluster.serving('production')).toMatch(
        state.includes('queue') ? /1\.0\.9 100%/ : /^1\.0\.0 100%$/,
      );
      if (touched.includes(state)) expect(result.reason).toContain('1.0.0 serves');
      await harness().until(async () =>
        expect((await harness().environmentStatus()).holders).not.toContain(harness().deployment('1.1.0')),
      );
      expect((await harness().environmentStatus()).rejected).toEqual([]);
    });

    it('a rollback ends rolled back, 1.0.0 serves and 1.1.0 is rejected where it was', async () => {
      await stable();
      const id = await states[state]();

      await harness().command(id, 'rollback');

      const result = await harness().result(id);
      expect(result).toMatchObject({
        phase: 'rolled_back',
        reason: expect.stringContaining('rollback asked for by bob'),
      });
      expect(harness().world.cluster.serving('production')).toMatch(
        state.includes('queue') ? /1\.0\.9 100%/ : /^1\.0\.0 100%$/,
      );
      expect((await harness().environmentStatus()).rejected.map(({ release }) => release)).toEqual(
        touched.includes(state) ? ['1.1.0'] : [],
      );
    });
  });

  it('a pause lets the step under way end, starts nothing, and goes on when resumed', async () => {
    const hold = new Hold();
    harness().world.build = hold.wait;
    const id = await harness().start(simplePlan('1.0.0'));
    await hold.reached;

    await harness().command(id, 'pause');
    const twice = await refusalOf(harness().command(id, 'pause'));
    hold.open();
    await harness().until(async () => expect((await harness().status(id)).stages[0]?.phase).toBe('succeeded'));
    const paused = await harness().status(id);
    await harness().command(id, 'resume');

    expect(twice).toBe('the run is paused already');
    expect(paused).toMatchObject({ phase: 'paused', stages: [{}, { phase: 'waiting' }] });
    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
  });

  it('a pause reaches the deployment, whose next step waits', async () => {
    const hold = new Hold<ReturnType<typeof passed>>();
    harness().world.analyze = hold.wait;
    const id = await harness().start(simplePlan('1.0.0'));
    await hold.reached;

    await harness().command(id, 'pause');
    await harness().until(async () =>
      expect(await harness().deploymentStatus('1.0.0')).toMatchObject({ phase: 'paused' }),
    );
    hold.open(passed());
    await harness().until(async () =>
      expect((await harness().deploymentStatus('1.0.0')).reason).toContain('the next step waits'),
    );
    const calls = harness().world.cluster.callsOn('production');
    await harness().command(id, 'resume');

    expect(calls).not.toContain('promote 1.0.0');
    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
  });

  it('a pause that comes while the deployment starts reaches it too', async () => {
    const hold = new Hold();
    harness().world.build = hold.wait;
    const id = await harness().start(
      plan('1.0.0', [
        buildStage,
        stage('production', { requires: ['build'], deployment: deploymentPlan('production', { steps: rolling }) }),
      ]),
    );
    await hold.reached;
    harness().world.cluster.faults.set('prepare 1.0.0', async () => {
      await harness().command(id, 'pause');
    });
    hold.open();

    await harness().untilPhase(id, 'paused');
    await harness().until(async () => expect((await harness().deploymentStatus('1.0.0')).phase).toBe('paused'));
    await harness().command(id, 'resume');

    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
  });

  it('a rollback takes back every environment that the run had deployed to', async () => {
    const both = (release: string, steps = rolling) =>
      plan(release, [
        buildStage,
        stage('staging', { requires: ['build'], deployment: deploymentPlan('staging', { steps: rolling }) }),
        stage('production', { requires: ['staging'], deployment: deploymentPlan('production', { steps }) }),
      ]);
    await harness().run(both('1.0.0'));
    const id = await harness().start(both('1.1.0', openPause));
    await harness().untilPhase(id, 'paused');

    await harness().command(id, 'rollback');

    const result = await harness().result(id);
    expect(result).toMatchObject({
      phase: 'rolled_back',
      stages: [{}, { phase: 'rolled_back' }, { phase: 'rolled_back' }],
    });
    expect(harness().world.cluster.serving('staging')).toBe('1.0.0 100%');
    expect(harness().world.cluster.serving('production')).toBe('1.0.0 100%');
    expect((await harness().environmentStatus('staging')).rejected).toMatchObject([{ release: '1.1.0' }]);
  });

  it('a rollback while it rolls back already is taken, and changes nothing', async () => {
    await stable();
    const watching = new Hold<never>();
    const returning = new Hold();
    harness().world.analyze = watching.wait;
    harness().world.cluster.faults.set('prepare 1.0.0', returning.wait);
    const id = await harness().start(simplePlan('1.1.0'));
    await watching.reached;
    await harness().command(id, 'rollback');
    await returning.reached;

    await harness().command(id, 'rollback', bob, 'hurry');
    await harness().command(id, 'abort', bob, 'hurry');
    const pause = await refusalOf(harness().command(id, 'pause'));
    const deployment = await refusalOf(harness().command(harness().deployment('1.1.0'), 'pause'));
    returning.open();

    expect(pause).toContain('the run is stopping: rollback asked for by bob: because');
    expect(deployment).toContain('it is rolling back already');
    expect(await harness().result(id)).toMatchObject({
      phase: 'rolled_back',
      reason: 'production: rollback asked for by bob: because; 1.0.0 serves',
    });
    expect(
      harness()
        .world.cluster.callsOn('production')
        .filter((call) => call === 'weight 1.0.0 100'),
    ).toHaveLength(2);
  });

  it('a rollback after an abort goes further than the abort', async () => {
    const twoStages = plan('1.1.0', [
      buildStage,
      stage('production', { requires: ['build'], deployment: deploymentPlan('production', { steps: rolling }) }),
      stage('tests', { requires: ['production'], commands: [command('smoke')] }),
    ]);
    await stable();
    const hold = new Hold();
    let letStop = () => {};
    const mayStop = new Promise<void>((resolve) => {
      letStop = resolve;
    });
    // An aborted run ends with its work, and takes no rollback then.
    harness().world.runCommand = () => hold.wait().finally(() => mayStop);
    const id = await harness().start(twoStages);
    await hold.reached;

    await Promise.all([harness().command(id, 'abort'), harness().command(id, 'rollback')]).finally(letStop);

    expect(await harness().result(id)).toMatchObject({ phase: 'rolled_back' });
    expect(harness().world.cluster.serving('production')).toBe('1.0.0 100%');
  });

  it('commands to a run that has ended are refused by the server, those to one that waits for nothing by the run', async () => {
    const hold = new Hold();
    harness().world.build = hold.wait;
    const id = await harness().start(simplePlan('1.0.0'));
    await hold.reached;

    expect(await refusalOf(harness().command(id, 'resume'))).toBe('the run is not paused');
    hold.open();
    await harness().result(id);
    await expect(harness().command(id, 'abort')).rejects.toThrow(/already completed|not found/i);
  });

  it('a cancelled run goes back and ends cancelled', async () => {
    await stable();
    const id = await states['during an analysis']();

    await harness().handle(id).cancel();

    const error = await endOf(harness().environment, id).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(WorkflowFailedError);
    expect((await harness().handle(id).describe()).status.name).toBe('CANCELLED');
    expect(harness().world.cluster.serving('production')).toBe('1.0.0 100%');
    expect((await harness().environmentStatus()).holders).toEqual([]);
  });

  it('a run cancelled at its gate ends at once', async () => {
    const id = await states['at a gate']();

    await harness().handle(id).cancel();

    await harness().until(async () => expect((await harness().handle(id).describe()).status.name).toBe('CANCELLED'));
  });
});
