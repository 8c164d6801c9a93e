import { failure } from '../../src/contracts/errors';
import { protectedBranch } from '../../src/contracts/protected-branch';
import type { DeploymentPlan } from '../../src/definition/release-plan';
import { useHarness } from './harness';
import { channels, simplePlan } from './plans';
import { failed, passed } from './world';

const refused = (message: string) => () => Promise.reject(failure('Conflict', message));
/**
 * Seconds, of real time: activities that are tried again stop the test server's clock. Those that succeed have to be done
 * within twice of it.
 */
const short: Partial<DeploymentPlan> = { progressDeadlineSeconds: 3 };

describe('going back', () => {
  const harness = useHarness();
  const failing = (...releases: string[]) => {
    harness().world.analyze = async ({ target }) => (releases.includes(target.release) ? failed() : passed());
  };
  const faults = () => harness().world.cluster.faults;

  it('makes the stable release ready before it gets traffic, and only then takes the other one away', async () => {
    await harness().run(simplePlan('1.0.0'));
    failing('1.1.0');

    await harness().run(simplePlan('1.1.0'));

    expect(harness().world.cluster.callsOn('production').slice(3)).toEqual([
      'prepare 1.1.0',
      'weight 1.1.0 100',
      'prepare 1.0.0',
      'weight 1.0.0 100',
      'promote 1.0.0',
      'retire 1.1.0',
    ]);
  });

  it('goes before the steps of all other deployments', async () => {
    await harness().run(simplePlan('1.0.0'));
    failing('1.1.0');

    await harness().run(simplePlan('1.1.0'));

    const { events } = await harness().handle(harness().deployment('1.1.0')).fetchHistory();
    const steps = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled ? [`${scheduled.activityType?.name} ${scheduled.priority?.priorityKey ?? 0}`] : [],
    );
    expect(steps.slice(1, 3)).toEqual(['prepareRelease 0', 'shiftTraffic 0']);
    expect(steps.slice(-4, -1)).toEqual(['bringBackRelease 1', 'promoteRelease 1', 'retireRelease 1']);
  });

  it('tells people, loudly, where they alone may bring the stable release back', async () => {
    await harness().run(simplePlan('1.0.0'));
    failing('1.1.0');
    let tries = 0;
    faults().set('prepare 1.0.0', async () => {
      tries += 1;
      if (tries === 1) throw protectedBranch('apps.git refuses the push to main');
    });

    const result = await harness().run({ ...simplePlan('1.1.0'), channels });

    expect(result).toMatchObject({
      phase: 'rolled_back',
      reason: expect.stringMatching(
        /; 1\.0\.0 serves; people had to merge its pull request: apps\.git refuses the push to main$/,
      ),
    });
    const told = harness().world.notifications.map(({ notification: { type, title } }) => `${type}: ${title}`);
    expect(told).toContain('alert: 1.1.0 in production waits for people to go back');
    expect(harness().world.actions()).toContain('rollback.needs_people');
    expect(tries).toBe(2);
  });

  it('goes further back when the stable release cannot serve either', async () => {
    await harness().run(simplePlan('0.9.0'));
    await harness().run(simplePlan('1.0.0'));
    failing('1.1.0');
    faults().set('prepare 1.0.0', refused('image is gone'));

    const result = await harness().run(simplePlan('1.1.0'));

    expect(result).toMatchObject({ phase: 'rolled_back', reason: expect.stringMatching(/; 0\.9\.0 serves$/) });
    expect(harness().world.cluster.serving('production')).toBe('0.9.0 100%');
    expect(await harness().timeline(harness().deployment('1.1.0'))).toContain('1.0.0 cannot serve: image is gone');
    expect((await harness().environmentStatus()).current?.release).toBe('0.9.0');
  });

  it('asks when nothing earlier can serve, and keeps the release when somebody says so', async () => {
    await harness().run(simplePlan('1.0.0'));
    failing('1.1.0');
    faults().set('prepare 1.0.0', refused('image is gone'));
    const id = await harness().start(simplePlan('1.1.0'));
    const { awaiting } = await harness().untilPhase(id, 'awaiting_approval');

    await harness().approve(harness().deployment('1.1.0'));

    expect(awaiting).toMatchObject([{ gate: 'stable_is_broken' }]);
    expect(await harness().result(id)).toMatchObject({
      phase: 'succeeded',
      stages: [{}, { reason: expect.stringMatching(/^kept by bob although validation is fail/) }],
    });
    expect(harness().world.cluster.serving('production')).toBe('1.1.0 100%');
    expect((await harness().environmentStatus()).current).toMatchObject({ release: '1.1.0', verified: false });
  });

  it('fails when nobody answers, and says precisely what serves', async () => {
    await harness().run(simplePlan('1.0.0'));
    failing('1.1.0');
    faults().set('prepare 1.0.0', refused('image is gone'));

    const result = await harness().run(simplePlan('1.1.0'));

    expect(result).toMatchObject({
      phase: 'failed',
      reason: expect.stringMatching(/no earlier release could be brought back: 1\.1\.0 serves$/),
    });
    const status = await harness().environmentStatus();
    expect(status).toMatchObject({ holders: [], current: { release: '1.0.0' }, rejected: [{ release: '1.1.0' }] });
  });

  it('fails when the keeping fails too, and says what serves as far as it can be told', async () => {
    await harness().run(simplePlan('1.0.0'));
    failing('1.1.0');
    faults().set('prepare 1.0.0', refused('image is gone'));
    const id = await harness().start(simplePlan('1.1.0'));
    await harness().untilPhase(id, 'awaiting_approval');
    faults().set('prepare 1.1.0', refused('no room'));
    faults().set('describe', refused('no answer'));

    await harness().approve(harness().deployment('1.1.0'));

    expect(await harness().result(id)).toMatchObject({
      phase: 'failed',
      reason: expect.stringMatching(/no earlier release could be brought back: what serves is unknown$/),
    });
  });

  it('has nowhere to go with the first release: nothing serves, and the run has failed', async () => {
    failing('1.0.0');

    const result = await harness().run(simplePlan('1.0.0'));

    expect(result).toMatchObject({
      phase: 'failed',
      reason: expect.stringMatching(/there is no earlier release to go back to: nothing serves$/),
    });
    expect(harness().world.cluster.serving('production')).toBe('');
    expect((await harness().environmentStatus()).current).toBeNull();
  });

  it('says so when the first release cannot even be taken away', async () => {
    failing('1.0.0');
    faults().set('retire 1.0.0', refused('stuck'));

    const result = await harness().run(simplePlan('1.0.0'));

    expect(result).toMatchObject({ phase: 'failed', reason: expect.stringMatching(/go back to: 1\.0\.0 serves$/) });
  });

  it('says what it had to leave behind', async () => {
    await harness().run(simplePlan('1.0.0'));
    failing('1.1.0');
    faults().set('retire 1.1.0', refused('stuck'));

    const result = await harness().run(simplePlan('1.1.0'));

    expect(result).toMatchObject({
      phase: 'rolled_back',
      reason: expect.stringMatching(/1\.0\.0 serves; 1\.1\.0 could not be retired and gets no traffic: stuck$/),
    });
  });

  it('begins when a target does not answer until the deadline', async () => {
    await harness().run(simplePlan('1.0.0'));
    faults().set('weight 1.1.0 100', () => Promise.reject(failure('Unavailable', 'the cluster does not answer')));

    const result = await harness().run(simplePlan('1.1.0', {}, short));

    expect(result).toMatchObject({
      phase: 'rolled_back',
      reason: 'production: the cluster does not answer; 1.0.0 serves',
    });
  });

  it('ends even when the target stays dead: failed, and what serves is unknown', async () => {
    await harness().run(simplePlan('1.0.0'));
    const dead = () => Promise.reject(failure('Unavailable', 'the cluster does not answer'));
    for (const call of ['prepare 1.1.0', 'prepare 1.0.0', 'describe']) faults().set(call, dead);

    const result = await harness().run(simplePlan('1.1.0', {}, short));

    expect(result).toMatchObject({
      phase: 'failed',
      reason: expect.stringMatching(/^production: the cluster does not answer; .*what serves is unknown$/),
    });
    expect((await harness().environmentStatus()).holders).toEqual([]);
  });

  it('rides out a target that is away for a moment', async () => {
    let calls = 0;
    faults().set('prepare 1.0.0', async () => {
      calls += 1;
      if (calls < 3) throw failure('Unavailable', 'the cluster does not answer');
    });

    expect(await harness().run(simplePlan('1.0.0'))).toMatchObject({ phase: 'succeeded' });
    expect(calls).toBe(3);
  });

  it('begins when the router does not follow, with both figures', async () => {
    await harness().run(simplePlan('1.0.0'));
    harness().world.cluster.ignoredShifts.add('weight 1.1.0 100');

    const result = await harness().run(simplePlan('1.1.0'));

    expect(result).toMatchObject({
      phase: 'rolled_back',
      reason: 'production: production gives 1.1.0 0% of the traffic after it was told 100%; 1.0.0 serves',
    });
  });

  it('does not believe a router on the way back either', async () => {
    await harness().run(simplePlan('1.0.0'));
    failing('1.1.0');
    harness().world.cluster.ignoredShifts.add('weight 1.0.0 100');

    const result = await harness().run(simplePlan('1.1.0'));

    expect(result).toMatchObject({ phase: 'failed', reason: expect.stringMatching(/1\.1\.0 serves$/) });
  });

  it('is told to the channels, and waits for none of them', async () => {
    await harness().run(simplePlan('1.0.0'));
    failing('1.1.0');
    harness().world.notify = () => Promise.reject(failure('InvalidInput', 'no such webhook'));
    const channels = [{ name: 'ops', type: 'webhook', url: 'x', to: [], from: null, secret: null }] as const;

    const result = await harness().run({ ...simplePlan('1.1.0'), channels });

    expect(result.phase).toBe('rolled_back');
    const types = harness().world.notifications.map(({ notification: { type } }) => type);
    expect(types).toEqual(expect.arrayContaining(['rollback.started', 'release.finished']));
    expect(harness().world.actions()).toContain('notification.failed');
  });
});
