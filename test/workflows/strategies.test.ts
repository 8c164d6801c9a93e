import type { DeploymentStep } from '../../src/definition/release-plan';
import { useHarness } from './harness';
import { analysisPlan, blueGreen, gatePlan, rolling, simplePlan } from './plans';
import { passed } from './world';

const canary: readonly DeploymentStep[] = [
  { kind: 'prepare', replicas: 1, rolling: false },
  { kind: 'weight', weight: 5 },
  { kind: 'analyze', analysis: analysisPlan({ name: 'first look' }) },
  { kind: 'weight', weight: 50 },
  { kind: 'pause', durationSeconds: 600 },
  { kind: 'analyze', analysis: analysisPlan({ name: 'first look' }) },
  { kind: 'approve', gate: gatePlan({ name: 'go_full' }) },
  { kind: 'prepare', replicas: 2, rolling: false },
  { kind: 'weight', weight: 100 },
  { kind: 'promote' },
  { kind: 'retire', afterSeconds: 60 },
];

const recreate: readonly DeploymentStep[] = [
  { kind: 'retire', afterSeconds: 0 },
  { kind: 'prepare', replicas: 2, rolling: false },
  { kind: 'weight', weight: 100 },
  { kind: 'analyze', analysis: analysisPlan() },
  { kind: 'promote' },
];

describe('a strategy', () => {
  const harness = useHarness();

  it('rolling: replaces the replicas, then promotes', async () => {
    const { world } = harness();
    await harness().run(simplePlan('1.0.0', {}, { steps: rolling }));

    const result = await harness().run(simplePlan('1.1.0', {}, { steps: rolling }));

    expect(result.phase).toBe('succeeded');
    expect(world.cluster.callsOn('production').slice(2)).toEqual(['prepare 1.1.0', 'promote 1.1.0']);
    expect(world.cluster.serving('production')).toBe('1.1.0 100%');
  });

  it('blue-green: starts, shifts all at once, watches, promotes, and keeps the old one ready for a while', async () => {
    const { world } = harness();
    await harness().run(simplePlan('1.0.0'));
    const baselines: unknown[] = [];
    world.analyze = async (input) => {
      baselines.push([input.baselineRelease, typeof input.shiftedAt]);
      return passed();
    };
    const startedAt = await harness().environment.currentTimeMs();

    await harness().run(simplePlan('1.1.0', {}, { steps: blueGreen }));

    expect(world.cluster.callsOn('production').slice(3)).toEqual([
      'prepare 1.1.0',
      'weight 1.1.0 100',
      'promote 1.1.0',
      'retire 1.0.0',
    ]);
    expect(baselines).toEqual([['1.0.0', 'string']]);
    expect((await harness().environment.currentTimeMs()) - startedAt).toBeGreaterThanOrEqual(300_000);
  });

  it('canary: weights, a timed pause, two looks at the figures of their own, an approval, all of the traffic', async () => {
    const { world } = harness();
    await harness().run(simplePlan('1.0.0'));
    const keys: string[] = [];
    world.analyze = async ({ key }) => {
      keys.push(key);
      return passed();
    };
    const id = await harness().start(simplePlan('1.1.0', {}, { steps: canary }));
    await harness().until(() => expect(world.cluster.serving('production')).toBe('1.0.0 50%, 1.1.0 50%'));
    await harness().pass(601);

    const asking = await harness().untilPhase(id, 'awaiting_approval');
    await harness().approve(harness().deployment('1.1.0'));
    const result = await harness().result(id);

    expect(asking.awaiting).toMatchObject([{ workflowId: harness().deployment('1.1.0'), gate: 'go_full' }]);
    expect(asking.stages.at(-1)).toMatchObject({ phase: 'awaiting_approval' });
    expect(result.phase).toBe('succeeded');
    expect(world.cluster.callsOn('production').slice(3)).toEqual([
      'prepare 1.1.0',
      'weight 1.1.0 5',
      'weight 1.1.0 50',
      'prepare 1.1.0',
      'weight 1.1.0 100',
      'promote 1.1.0',
      'retire 1.0.0',
    ]);
    expect(new Set(keys).size).toBe(2);
  });

  it('canary: the first release of an environment has all of the traffic, whatever its steps say', async () => {
    const steps = canary.filter(({ kind }) => kind !== 'approve' && kind !== 'pause');

    const result = await harness().run(simplePlan('1.0.0', {}, { steps }));

    expect(result).toMatchObject({ phase: 'succeeded' });
    expect(harness().world.cluster.serving('production')).toBe('1.0.0 100%');
  });

  it('canary: goes back when its approval is rejected, and says by whom', async () => {
    await harness().run(simplePlan('1.0.0'));
    const steps = canary.filter(({ kind }) => kind !== 'pause');
    const id = await harness().start(simplePlan('1.1.0', {}, { steps }));
    await harness().untilPhase(id, 'awaiting_approval');

    await harness().decide(harness().deployment('1.1.0'), { verdict: 'reject', reason: 'not on a Friday' });

    expect(await harness().result(id)).toMatchObject({
      phase: 'rolled_back',
      reason: 'production: go_full rejected: not on a Friday; 1.0.0 serves',
    });
    expect(harness().world.cluster.serving('production')).toBe('1.0.0 100%');
  });

  it('canary: waits at an open pause until somebody resumes', async () => {
    const steps: DeploymentStep[] = [
      ...blueGreen.slice(0, 2),
      { kind: 'pause', durationSeconds: null },
      { kind: 'promote' },
    ];
    const id = await harness().start(simplePlan('1.0.0', {}, { steps }));
    await harness().untilPhase(id, 'paused');
    await harness().pass(80_000);

    const paused = await harness().deploymentStatus('1.0.0');
    await harness().command(id, 'resume');

    expect(paused).toMatchObject({ phase: 'paused', weight: 100 });
    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
  });

  it('recreate: stops the old release before it starts the new one, and starts it again on the way back', async () => {
    const { world } = harness();
    await harness().run(simplePlan('1.0.0', {}, { steps: recreate }));
    world.cluster.faults.set('promote 1.1.0', () => Promise.reject(new Error('boom')));

    const result = await harness().run(simplePlan('1.1.0', {}, { steps: recreate, progressDeadlineSeconds: 3 }));

    expect(result).toMatchObject({ phase: 'rolled_back', reason: expect.stringMatching(/boom.*1\.0\.0 serves$/) });
    const calls = world.cluster.callsOn('production').slice(3);
    expect([...new Set(calls)]).toEqual([
      'retire 1.0.0',
      'prepare 1.1.0',
      'weight 1.1.0 100',
      'promote 1.1.0',
      'prepare 1.0.0',
      'weight 1.0.0 100',
      'promote 1.0.0',
      'retire 1.1.0',
    ]);
  });

  it('does not take a good release back because the old one cannot be stopped', async () => {
    const { world } = harness();
    await harness().run(simplePlan('1.0.0'));
    world.cluster.faults.set('retire 1.0.0', () => Promise.reject(new Error('stuck')));

    const id = await harness().start(simplePlan('1.1.0', {}, { progressDeadlineSeconds: 3 }));
    const result = await harness().result(id);

    expect(result.phase).toBe('succeeded');
    expect(await harness().timeline(harness().deployment('1.1.0'))).toContain(
      '1.0.0 could not be retired and gets no traffic: stuck',
    );
  });
});
