import { guardianWorkflowId, rollbackWorkflowId } from '../../src/contracts/ids';
import { alertSignal } from '../../src/contracts/messages';
import type { GuardianResult } from '../../src/contracts/workflows';
import type { AnalysisPlan } from '../../src/definition/release-plan';
import { useHarness } from './harness';
import { analysisPlan, channels, rolling, simplePlan } from './plans';
import { endOf, failed, Hold, passed } from './world';

describe('a guardian', () => {
  const harness = useHarness();
  const guarded = (release: string, change: Partial<AnalysisPlan> = {}) => ({
    ...simplePlan(release, {}, { steps: rolling, guardian: analysisPlan({ name: 'guardian', ...change }) }),
    channels,
  });
  const name = (release: string) => ({
    namespace: harness().namespace,
    app: 'shop',
    environment: 'production',
    release,
  });
  const guardian = (release: string) => guardianWorkflowId(name(release));
  const result = (release: string) => endOf<GuardianResult>(harness().environment, guardian(release));
  const live = async (release: string, change: Partial<AnalysisPlan> = {}) => {
    const hold = new Hold<ReturnType<typeof passed>>();
    harness().world.analyze = hold.wait;
    expect(await harness().run(guarded(release, change))).toMatchObject({ phase: 'succeeded' });
    await hold.reached;
    return hold;
  };

  it('outlives the run and ends by itself when it found nothing', async () => {
    const hold = await live('1.0.0');

    hold.open(passed());

    expect(await result('1.0.0')).toEqual({ rolledBack: false, reason: 'watched without a finding: pass' });
    expect(harness().world.cluster.serving('production')).toBe('1.0.0 100%');
  });

  it('takes a release back that regresses late, and tells why', async () => {
    (await live('1.0.0')).open(passed());
    const hold = await live('1.1.0');

    hold.open(failed('error_rate was 9%, above 2%'));

    expect(await result('1.1.0')).toEqual({
      rolledBack: true,
      reason: 'late regression: error_rate was 9%, above 2%; 1.0.0 serves',
    });
    expect(harness().world.cluster.serving('production')).toBe('1.0.0 100%');
    expect(await harness().environmentStatus()).toMatchObject({
      holders: [],
      current: { release: '1.0.0' },
      rejected: [{ release: '1.1.0' }],
    });
    expect(harness().world.actions()).toEqual(
      expect.arrayContaining(['guardian.regression', 'rollback.decided', 'deployment.rolled_back']),
    );
    const types = harness().world.notifications.map(({ notification: { type } }) => type);
    expect(types).toEqual(expect.arrayContaining(['alert', 'rollback.started']));
  });

  it.each(['observe', 'pause'] as const)('only tells in mode %s', async (mode) => {
    (await live('1.0.0')).open(passed());
    const hold = await live('1.1.0', { mode });

    hold.open(failed('error_rate was 9%'));

    expect(await result('1.1.0')).toEqual({ rolledBack: false, reason: 'late regression: error_rate was 9%' });
    expect(harness().world.cluster.serving('production')).toBe('1.1.0 100%');
  });

  it('is dismissed when another release serves', async () => {
    const first = await live('1.0.0');
    await live('1.1.0');

    expect(await result('1.0.0')).toEqual({ rolledBack: false, reason: 'another release serves' });
    await harness().until(() => expect(first.cancelled).toBe(true));
    expect((await harness().handle(guardian('1.1.0')).describe()).status.name).toBe('RUNNING');
  });

  it('tells of alerts and watches on', async () => {
    const hold = await live('1.0.0');
    const message = 'latency_p95 was 2.1s';
    const reason = { kind: 'alert', subject: 'latency > 2s', outcome: 'true', message } as const;

    await harness().handle(guardian('1.0.0')).signal(alertSignal, reason);
    await harness().handle(guardian('1.0.0')).signal('alert', null);
    await harness().until(() =>
      expect(harness().world.notifications.map(({ notification: { text } }) => text)).toContain(message),
    );
    hold.open(passed());

    expect(await result('1.0.0')).toMatchObject({ rolledBack: false });
  });

  it('leaves a rollback alone that is under way already', async () => {
    (await live('1.0.0')).open(passed());
    const hold = await live('1.1.0');
    const returning = new Hold();
    harness().world.cluster.faults.set('prepare 1.0.0', returning.wait);
    const input = await harness().inputOf<object>(harness().deployment('1.1.0'));
    const byHand = await harness().environment.client.workflow.start('deployment', {
      workflowId: rollbackWorkflowId(name('1.1.0')),
      taskQueue: 'f0-orchestrate',
      args: [{ ...input, mode: 'rollback', reason: 'by hand' }],
    });
    await returning.reached;

    hold.open(failed('error_rate was 9%'));
    const found = await result('1.1.0');
    returning.open();

    expect(found).toEqual({
      rolledBack: false,
      reason: `late regression: error_rate was 9%; ${byHand.workflowId} is rolling it back already`,
    });
    expect(await endOf(harness().environment, byHand.workflowId)).toMatchObject({ phase: 'rolled_back' });
  });
});
