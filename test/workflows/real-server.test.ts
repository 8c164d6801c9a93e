import type { DeploymentStep } from '../../src/definition/release-plan';
import { renewingServer } from '../support/temporal';
import { useHarness } from './harness';
import {
  bob,
  buildStage,
  command,
  deploymentPlan,
  gatePlan,
  plan,
  regionsPlan,
  rolling,
  simplePlan,
  stage,
} from './plans';
import { Hold } from './world';

const openPause: readonly DeploymentStep[] = [
  { kind: 'prepare', replicas: 1, rolling: false },
  { kind: 'weight', weight: 100 },
  { kind: 'pause', durationSeconds: null },
  { kind: 'promote' },
];

/** What the time-skipping server does not do: parent close policies, and histories that are suggested to be renewed. */
describe('on a real server', () => {
  const harness = useHarness(renewingServer);

  const runIdOf = async (workflowId: string) => (await harness().handle(workflowId).describe()).runId;
  /** Events for the history of the environment. */
  const freezeAndThaw = async (rounds: number, idOf: (round: number) => string) => {
    const keeper = harness().keeper();
    for (let round = 0; round < rounds; round += 1) {
      const freeze = { id: idOf(round), by: bob, reason: `round ${round}`, until: null };
      await keeper.executeUpdate('freeze', { args: [freeze] });
      await keeper.executeUpdate('unfreeze', { args: [{ by: bob, reason: 'over' }] });
    }
  };

  it('a terminated run takes its deployment back', async () => {
    await harness().run(
      plan('1.0.0', [
        buildStage,
        stage('production', { requires: ['build'], deployment: deploymentPlan('production', { steps: rolling }) }),
      ]),
    );
    const id = await harness().start(simplePlan('1.1.0', {}, { steps: openPause }));
    await harness().untilPhase(id, 'paused');

    await harness().handle(id).terminate('by mistake');

    expect(await harness().handle(harness().deployment('1.1.0')).result()).toMatchObject({
      phase: 'aborted',
      reason: 'cancelled; 1.0.0 serves',
      servingRelease: '1.0.0',
    });
    expect(harness().world.cluster.serving('production')).toBe('1.0.0 100%');
    expect((await harness().environmentStatus()).holders).toEqual([]);
    // Nobody is left to hand its last entries to.
    expect(harness().world.actions()).toContain('deployment.aborted');
  });

  it('an abort in the first instant stops the run before it does anything', async () => {
    const id = await harness().start(simplePlan('1.0.0'));
    await harness().handle(id).signal('abort', { by: bob, reason: 'typo' });

    expect(await harness().handle(id).result()).toMatchObject({ phase: 'aborted' });
    expect(harness().world.cluster.calls).toEqual([]);
  });

  it('an environment goes on in a new history with all that it knows, those included that wait', async () => {
    const release = (version: string, steps = rolling) =>
      plan(version, [
        buildStage,
        stage('production', { requires: ['build'], deployment: deploymentPlan('production', { steps }) }),
      ]);
    await harness().run(release('1.0.0'));
    const before = await runIdOf(harness().keeper().workflowId);
    const held = await harness().start(release('1.1.0', openPause));
    await harness().untilPhase(held, 'paused');
    const waiting = await harness().start(release('1.2.0'));
    await harness().until(async () => expect((await harness().environmentStatus()).waiting).toHaveLength(1));

    await freezeAndThaw(20, (round) => `f${round}`);
    await harness().until(async () => expect(await runIdOf(harness().keeper().workflowId)).not.toBe(before));
    const status = await harness().environmentStatus();
    await harness().command(held, 'resume');

    expect(status).toMatchObject({
      current: { release: '1.0.0' },
      holders: [harness().deployment('1.1.0')],
      waiting: [{ release: '1.2.0' }],
    });
    expect(await harness().result(held)).toMatchObject({ phase: 'succeeded' });
    expect(await harness().result(waiting)).toMatchObject({ phase: 'succeeded' });
    const keys = harness().world.audit.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    const freezes = harness()
      .world.actions()
      .filter((action) => action === 'environment.frozen');
    expect(freezes).toHaveLength(20);
  });

  it('an environment hands itself on while the audit log is down, and keeps its history until it is back', async () => {
    const up = new Hold();
    harness().world.recordAudit = () => up.wait();
    const first = await harness().start(simplePlan('1.0.0', {}, { steps: openPause }));
    await harness().untilPhase(first, 'paused');
    const before = await runIdOf(harness().keeper().workflowId);
    await freezeAndThaw(30, () => 'f');
    const second = await harness().start(simplePlan('1.1.0', {}, { steps: openPause }));
    await harness().until(async () => expect((await harness().environmentStatus()).waiting).toHaveLength(1));

    await harness().command(first, 'abort');
    await harness().untilPhase(second, 'paused');
    const still = await runIdOf(harness().keeper().workflowId);
    up.open();

    expect(still).toBe(before);
    await harness().until(async () => expect(await runIdOf(harness().keeper().workflowId)).not.toBe(before));
    expect((await harness().environmentStatus()).holders).toEqual([harness().deployment('1.1.0')]);
    const frozen = harness().world.audit.filter(({ action }) => action === 'environment.frozen');
    expect(new Set(frozen.map(({ key }) => key)).size).toBe(30);
  });

  it('a run goes on in a new history: nothing is run or asked twice, nothing is lost', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `t${index}`);
    const chain = names.map((name, index) =>
      stage(name, {
        commands: [command(name)],
        requires: index === 0 ? ['approved'] : [names[index - 1] as string],
      }),
    );
    const stages = [buildStage, stage('approved', { requires: ['build'], gates: [gatePlan()] }), ...chain];
    const id = await harness().start(plan('1.0.0', stages));
    const first = await runIdOf(id);
    await harness().untilPhase(id, 'awaiting_approval');

    await harness().approve(id, { stage: 'approved' });
    const result = await harness().handle(id).result();

    expect(await runIdOf(id)).not.toBe(first);
    expect(result).toMatchObject({ phase: 'succeeded', artifactDigest: expect.any(String) });
    expect(harness().world.builds).toBe(1);
    expect(harness().world.commands.map((input) => input.command.name)).toEqual(names);
    const { audit } = harness().world;
    expect(new Set(audit.map(({ key }) => key)).size).toBe(audit.length);
    expect(audit.filter(({ action }) => action === 'approval.requested')).toHaveLength(1);
    expect(audit.filter(({ action }) => action === 'stage.succeeded')).toHaveLength(14);
    expect((await harness().timeline(id))[0]).toBe('1.0.0 started');
  });

  it('a run keeps an approval that came just before it went on in a new history', async () => {
    const names = Array.from({ length: 6 }, (_, index) => `t${index}`);
    const hold = new Hold();
    harness().world.runCommand = async ({ command: { name } }) => (name === 't5' ? hold.wait() : undefined);
    const chain = names.map((name, index) =>
      stage(name, { commands: [command(name)], requires: index === 0 ? ['build'] : [names[index - 1] as string] }),
    );
    const late = stage('late', { commands: [command('late')], requires: ['build'], gates: [gatePlan()] });
    const id = await harness().start(plan('1.0.0', [buildStage, ...chain, late], { maxParallelStages: 1 }));
    const first = await runIdOf(id);
    await hold.reached;

    await harness().approve(id, { stage: 'late' });
    hold.open();
    const result = await harness().handle(id).result();

    expect(result).toMatchObject({ phase: 'succeeded' });
    expect(await runIdOf(id)).not.toBe(first);
    expect(
      harness()
        .world.actions()
        .filter((action) => action === 'approval.requested'),
    ).toHaveLength(1);
    expect(harness().world.commands.map((input) => input.command.name)).toEqual([...names, 'late']);
  });

  it('a deployment to regions goes on where it was when the workers are others', async () => {
    const regions = ['eu-west', 'us-east', 'ap-south'] as const;
    const id = await harness().start(regionsPlan('1.0.0', { steps: openPause }));
    await harness().untilPhase(id, 'paused');
    await harness().command(harness().deployment('1.0.0'), 'resume');
    const deployment = () => harness().deploymentStatus('1.0.0');
    await harness().until(async () => {
      expect(await deployment()).toMatchObject({ phase: 'paused', reason: 'us-east: pause until resumed' });
    });

    await harness().restart();
    await harness().command(harness().deployment('1.0.0'), 'resume');

    expect(await harness().handle(id).result()).toMatchObject({ phase: 'succeeded' });
    for (const name of regions) {
      const prepared = harness()
        .world.cluster.callsOn(name)
        .filter((call) => call === 'prepare 1.0.0');
      expect(prepared).toHaveLength(1);
    }
  });
});
