import { freezeUpdate, unfreezeUpdate } from '../../src/contracts/messages';
import type { DeploymentStep } from '../../src/definition/release-plan';
import { refusalOf, useHarness } from './harness';
import { blueGreen, bob, rolling, simplePlan } from './plans';
import { failed, Hold, passed } from './world';

const held: readonly DeploymentStep[] = [
  { kind: 'prepare', replicas: 1, rolling: false },
  { kind: 'pause', durationSeconds: null },
  { kind: 'weight', weight: 100 },
  { kind: 'promote' },
];

describe('an environment', () => {
  const harness = useHarness();
  const freeze = (until: string | null, id = 'sale') =>
    harness()
      .keeper()
      .executeUpdate(freezeUpdate, { args: [{ id, by: bob, reason: 'sale', until }] });
  const waiting = async () => (await harness().environmentStatus()).waiting.map(({ release }) => release);
  const holding = async (release: string, concurrency: 'queue' | 'supersede' | 'parallel' = 'queue') => {
    const id = await harness().start(simplePlan(release, {}, { steps: held, concurrency }));
    await harness().untilPhase(id, 'paused');
    return id;
  };

  it('lets releases in one after the other, and tells those that wait whom they wait for', async () => {
    const first = await holding('1.0.0');
    const second = await harness().start(simplePlan('1.1.0'));
    const status = await harness().untilPhase(second, 'waiting');
    await harness().until(async () => expect(await waiting()).toEqual(['1.1.0']));
    await harness().until(async () =>
      expect((await harness().status(second)).reason).toBe(`production is held by ${harness().deployment('1.0.0')}`),
    );

    await harness().command(first, 'resume');

    expect(status.stages.at(-1)).toMatchObject({ name: 'production' });
    expect(await harness().result(first)).toMatchObject({ phase: 'succeeded' });
    expect(await harness().result(second)).toMatchObject({ phase: 'succeeded' });
    expect(harness().world.cluster.serving('production')).toBe('1.1.0 100%');
    expect(await harness().environmentStatus()).toMatchObject({
      holders: [],
      waiting: [],
      current: { release: '1.1.0' },
    });
  });

  it('lets a newer release take the place of one that waits', async () => {
    const first = await holding('1.0.0');
    const second = await harness().start(simplePlan('1.1.0', {}, { concurrency: 'supersede' }));
    await harness().until(async () => expect(await waiting()).toEqual(['1.1.0']));

    const third = await harness().start(simplePlan('1.2.0', {}, { concurrency: 'supersede' }));
    const superseded = await harness().result(second);
    await harness().command(first, 'resume');

    expect(superseded).toMatchObject({
      phase: 'failed',
      reason: 'production: superseded by release 1.2.0 while it waited',
    });
    expect(await harness().result(third)).toMatchObject({ phase: 'succeeded' });
    expect(harness().world.cluster.callsOn('production')).not.toContain('prepare 1.1.0');
  });

  it('lets releases in at once that all say so', async () => {
    const first = await holding('1.0.0', 'parallel');
    const second = await holding('1.1.0', 'parallel');

    expect((await harness().environmentStatus()).holders).toHaveLength(2);
    for (const id of [first, second]) {
      await harness().command(id, 'resume');
      expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
    }
  });

  it('refuses a release that was rolled back until it is re-opened', async () => {
    await harness().run(simplePlan('1.0.0'));
    harness().world.analyze = async () => failed();
    await harness().run(simplePlan('1.1.0'));
    harness().world.analyze = async () => passed();

    const refused = await harness().run(simplePlan('1.1.0'));
    const reopened = await harness().run(simplePlan('1.1.0'), { reopen: true });

    expect(refused).toMatchObject({
      phase: 'failed',
      reason: expect.stringMatching(/1\.1\.0 was rejected here at .*re-open it/),
    });
    expect(reopened).toMatchObject({ phase: 'succeeded' });
    expect((await harness().environmentStatus()).rejected).toEqual([]);
    expect(harness().world.audit.map(({ reason }) => reason)).toContain('1.1.0 started, re-opened');
  });

  it('frozen by hand lets nobody in until somebody lifts it', async () => {
    await harness().run(simplePlan('1.0.0'));
    await freeze(null);
    const id = await harness().start(simplePlan('1.1.0'));
    await harness().until(async () =>
      expect((await harness().status(id)).reason).toBe('frozen by bob until somebody lifts it: sale'),
    );
    await harness().pass(3600);
    const still = await waiting();

    await harness()
      .keeper()
      .executeUpdate(unfreezeUpdate, { args: [{ by: bob, reason: 'over' }] });

    expect(still).toEqual(['1.1.0']);
    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
    expect(harness().world.actions()).toEqual(expect.arrayContaining(['environment.frozen', 'environment.unfrozen']));
  });

  it('frozen by hand holds back a release that is inside already, and a rollback never', async () => {
    await harness().run(simplePlan('1.0.0'));
    const id = await holding('1.1.0');
    await freeze(null);
    await harness().command(id, 'resume');
    await harness().until(async () =>
      expect((await harness().status(id)).stages.at(-1)?.reason).toBe('frozen by bob until somebody lifts it: sale'),
    );
    await harness().pass(3600);
    const served = harness().world.cluster.serving('production');

    await harness()
      .keeper()
      .executeUpdate(unfreezeUpdate, { args: [{ by: bob, reason: 'over' }] });
    const promoted = await harness().result(id);
    const last = await holding('1.2.0');
    await freeze(null);
    await harness().command(last, 'rollback');

    expect(served).toBe('1.0.0 100%');
    expect(promoted).toMatchObject({ phase: 'succeeded' });
    expect(await harness().result(last)).toMatchObject({ phase: 'rolled_back' });
    expect(harness().world.cluster.serving('production')).toBe('1.1.0 100%');
  });

  it('frozen until a time thaws by itself, to the second', async () => {
    await harness().run(simplePlan('1.0.0'));
    const until = new Date((await harness().environment.currentTimeMs()) + 1800_000);
    await freeze(until.toISOString());
    const id = await harness().start(simplePlan('1.1.0', {}, { steps: rolling }));
    await harness().until(async () => expect(await waiting()).toEqual(['1.1.0']));

    await harness().pass(1810);

    await harness().until(() => expect(harness().world.cluster.serving('production')).toBe('1.1.0 100%'));
    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
  });

  it('frozen does not hold a rollback', async () => {
    await harness().run(simplePlan('1.0.0'));
    const id = await holding('1.1.0');
    await freeze(null);

    await harness().command(id, 'rollback');

    expect(await harness().result(id)).toMatchObject({ phase: 'rolled_back' });
    expect(harness().world.cluster.serving('production')).toBe('1.0.0 100%');
  });

  it('in a window of the platform holds a release before it asks, says until when, and lets it go then', async () => {
    const now = await harness().environment.currentTimeMs();
    const start = new Date(now - 3600_000).toISOString();
    const freezes = [
      { name: 'sale', reason: 'Black Friday', environments: [], start, durationSeconds: 7200, rrule: null },
    ];
    const id = await harness().start(simplePlan('1.0.0', {}, { freezes }));
    const until = new Date(now + 3600_000).toISOString();
    await harness().until(async () =>
      expect((await harness().status(id)).reason).toBe(`frozen by sale until ${until}: Black Friday`),
    );

    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
    expect(await harness().environment.currentTimeMs()).toBeGreaterThanOrEqual(now + 3600_000);
  });

  it('in a window that opens on the way holds the next shift, and a rollback not', async () => {
    await harness().run(simplePlan('1.0.0'));
    const now = await harness().environment.currentTimeMs();
    const start = new Date(now + 60_000).toISOString();
    const freezes = [{ name: 'sale', reason: '', environments: [], start, durationSeconds: 7200, rrule: null }];
    const id = await harness().start(simplePlan('1.1.0', {}, { steps: held, freezes }));
    await harness().untilPhase(id, 'paused');
    await harness().pass(61);
    await harness().command(id, 'resume');
    await harness().until(async () => expect((await harness().status(id)).reason).toContain('frozen by sale'));
    const calls = harness().world.cluster.callsOn('production');

    await harness().command(id, 'rollback');

    expect(calls).not.toContain('weight 1.1.0 100');
    expect(await harness().result(id)).toMatchObject({ phase: 'rolled_back' });
    expect(await harness().environment.currentTimeMs()).toBeLessThan(now + 3600_000);
  });

  it('takes the lease of a deployment that was terminated', async () => {
    await holding('1.0.0');
    const second = await harness().start(simplePlan('1.1.0'));
    await harness().until(async () => expect(await waiting()).toEqual(['1.1.0']));

    await harness().handle(harness().deployment('1.0.0')).terminate('gone');

    expect(await harness().result(second)).toMatchObject({ phase: 'succeeded' });
  });

  it('that was terminated does not stall those that hold it or wait for it', async () => {
    const first = await holding('1.0.0');
    const second = await harness().start(simplePlan('1.1.0', { timeoutSeconds: 864_000 }));
    await harness().until(async () => expect(await waiting()).toEqual(['1.1.0']));

    await harness().keeper().terminate('by mistake');
    await harness().command(first, 'resume');

    expect(await harness().result(first)).toMatchObject({ phase: 'succeeded' });
    expect(await harness().result(second)).toMatchObject({ phase: 'succeeded' });
  });

  it('refuses malformed messages, and goes on', async () => {
    await harness().run(simplePlan('1.0.0'));
    const keeper = harness().keeper();

    for (const name of ['acquire', 'release', 'freeze', 'unfreeze']) {
      for (const payload of [null, 7, {}, { by: {} }]) {
        expect(await refusalOf(keeper.executeUpdate(name, { args: [payload] }))).toMatch(/must/);
      }
    }
    expect(await refusalOf(freeze('next Tuesday'))).toContain('until must be a time');
    expect(await harness().run(simplePlan('1.1.0', {}, { steps: blueGreen }))).toMatchObject({ phase: 'succeeded' });
  });

  it('lets nobody in between two releases of which one is still going back', async () => {
    await harness().run(simplePlan('1.0.0'));
    const returning = new Hold();
    harness().world.analyze = async ({ target }) => (target.release === '1.1.0' ? failed() : passed());
    harness().world.cluster.faults.set('weight 1.0.0 100', returning.wait);
    const bad = await harness().start(simplePlan('1.1.0'));
    await returning.reached;
    const next = await harness().start(simplePlan('1.2.0'));
    await harness().until(async () => expect(await waiting()).toEqual(['1.2.0']));

    returning.open();

    expect(await harness().result(bad)).toMatchObject({ phase: 'rolled_back' });
    expect(await harness().result(next)).toMatchObject({ phase: 'succeeded' });
    const calls = harness().world.cluster.callsOn('production');
    expect(calls.indexOf('prepare 1.2.0')).toBeGreaterThan(calls.indexOf('retire 1.1.0'));
  });
});
