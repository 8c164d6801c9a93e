import { alertSignal, eventSignal } from '../../src/contracts/messages';
import type { AnalysisPlan } from '../../src/definition/release-plan';
import { useHarness } from './harness';
import { analysisPlan, channels, simplePlan } from './plans';
import { failed, Hold, passed, verdict } from './world';

const watched = (release: string, change: Partial<AnalysisPlan>) =>
  simplePlan(
    release,
    {},
    {
      steps: [
        { kind: 'prepare', replicas: 2, rolling: false },
        { kind: 'weight', weight: 100 },
        { kind: 'analyze', analysis: analysisPlan(change) },
        { kind: 'promote' },
      ],
    },
  );

describe('a verdict', () => {
  const harness = useHarness();
  const inconclusive = ['inconclusive', 'insufficient_data', 'error'] as const;

  it.each(inconclusive)('%s goes on when the plan says pass', async (kind) => {
    harness().world.analyze = async () => verdict(kind, 'no requests');

    expect(await harness().run(watched('1.0.0', { onInconclusive: 'pass' }))).toMatchObject({ phase: 'succeeded' });
    expect(harness().world.actions()).toContain(`analysis.${kind}`);
  });

  it.each(inconclusive)('%s goes back when the plan says fail', async (kind) => {
    await harness().run(simplePlan('1.0.0'));
    harness().world.analyze = async () => verdict(kind, 'no requests');

    expect(await harness().run(watched('1.1.0', { onInconclusive: 'fail' }))).toMatchObject({
      phase: 'rolled_back',
      reason: `production: validation is ${kind}: no requests; 1.0.0 serves`,
    });
  });

  it.each(inconclusive)('%s asks a person, who lets it go on', async (kind) => {
    harness().world.analyze = async () => verdict(kind, 'no requests');
    const id = await harness().start(watched('1.0.0', { onInconclusive: 'ask' }));
    const { awaiting } = await harness().untilPhase(id, 'awaiting_approval');

    await harness().approve(harness().deployment('1.0.0'), { gate: `validation_${kind}` });

    expect(awaiting).toMatchObject([{ gate: `validation_${kind}`, quorum: 1 }]);
    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
  });

  it('that asks and gets no answer goes back when the time is over', async () => {
    await harness().run(simplePlan('1.0.0'));
    harness().world.analyze = async () => verdict('error', 'Prometheus does not answer');

    const result = await harness().run(watched('1.1.0', { askExpiresInSeconds: 1800 }));

    expect(result).toMatchObject({ phase: 'rolled_back' });
    expect(result.reason).toMatch(
      /^production: validation is error \(Prometheus does not answer\), and going on was expired: nobody decided in time: 0 of 1 approvals by .*; 1\.0\.0 serves$/,
    );
  });

  it('fail goes back in mode enforce, whatever is said of inconclusive ones', async () => {
    await harness().run(simplePlan('1.0.0'));
    harness().world.analyze = async () => failed();

    expect(await harness().run(watched('1.1.0', { onInconclusive: 'pass' }))).toMatchObject({ phase: 'rolled_back' });
  });

  it('fail has no effect in mode observe, and is recorded', async () => {
    harness().world.analyze = async () => failed();

    const result = await harness().run(watched('1.0.0', { mode: 'observe' }));

    expect(result).toMatchObject({ phase: 'succeeded', stages: [{}, { decisions: [{ outcome: 'true' }] }] });
    expect(harness().world.actions()).toContain('analysis.fail');
  });

  it('fail asks a person in mode pause, who may reject', async () => {
    await harness().run(simplePlan('1.0.0'));
    harness().world.analyze = async () => failed();
    const id = await harness().start(watched('1.1.0', { mode: 'pause' }));
    await harness().untilPhase(id, 'awaiting_approval');

    await harness().decide(harness().deployment('1.1.0'), { verdict: 'reject', reason: 'indeed' });

    const result = await harness().result(id);
    expect(result).toMatchObject({ phase: 'rolled_back', reason: expect.stringContaining('was rejected: indeed') });
  });

  it('is one a step: the analysis is not run again to get another one', async () => {
    let analyses = 0;
    harness().world.analyze = async () => {
      analyses += 1;
      return verdict('inconclusive', 'unclear');
    };

    await harness().run(watched('1.0.0', { askExpiresInSeconds: 60 }));

    expect(analyses).toBe(1);
  });

  it('is not awaited once an event that the plan names says enough', async () => {
    await harness().run(simplePlan('1.0.0'));
    const hold = new Hold<never>();
    harness().world.analyze = hold.wait;
    const id = await harness().start(watched('1.1.0', {}));
    await hold.reached;
    const deployment = harness().handle(harness().deployment('1.1.0'));

    await deployment.signal(eventSignal, { name: 'somebody_sneezed', message: 'hm' });
    await deployment.signal(eventSignal, { name: 'exercise7_anomaly_detected', message: 'p99 left its band' });

    expect(await harness().result(id)).toMatchObject({
      phase: 'rolled_back',
      reason: 'production: exercise7_anomaly_detected: p99 left its band; 1.0.0 serves',
    });
    const timeline = await harness().timeline(harness().deployment('1.1.0'));
    expect(timeline).toContain('event somebody_sneezed: hm (no trigger of this stage)');
    expect((await harness().environmentStatus()).rejected).toMatchObject([{ release: '1.1.0' }]);
    await harness().until(() => expect(hold.cancelled).toBe(true));
  });

  it('cannot come from an event before the release has traffic', async () => {
    const hold = new Hold();
    harness().world.cluster.faults.set('prepare 1.0.0', hold.wait);
    const id = await harness().start(watched('1.0.0', {}));
    await hold.reached;

    const name = 'exercise7_anomaly_detected';
    await harness().handle(harness().deployment('1.0.0')).signal(eventSignal, { name, message: 'old news' });
    hold.open();

    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
    expect(await harness().timeline(harness().deployment('1.0.0'))).toContain(
      `event ${name}: old news (the release has no traffic yet)`,
    );
  });

  it('is told of by alerts, which change nothing', async () => {
    const hold = new Hold<ReturnType<typeof passed>>();
    harness().world.analyze = hold.wait;
    const id = await harness().start({ ...watched('1.0.0', {}), channels });
    await hold.reached;

    const message = 'latency_p95 was 2.1s, above 2s';
    const reason = { kind: 'alert', subject: 'latency > 2s', outcome: 'true', message } as const;
    await harness().handle(harness().deployment('1.0.0')).signal(alertSignal, reason);
    await harness().until(() => expect(harness().world.notifications).toHaveLength(1));
    hold.open(passed());

    expect(await harness().result(id)).toMatchObject({
      phase: 'succeeded',
      stages: [{}, { decisions: [{ message }, {}] }],
    });
    expect(harness().world.notifications[0]).toMatchObject({ notification: { type: 'alert', text: message } });
  });

  it('that is malformed news stalls nothing', async () => {
    const hold = new Hold<ReturnType<typeof passed>>();
    harness().world.analyze = hold.wait;
    const id = await harness().start(watched('1.0.0', {}));
    await hold.reached;

    const deployment = harness().handle(harness().deployment('1.0.0'));
    for (const signal of ['event', 'alert', 'environment', 'abort', 'decide']) {
      for (const payload of [undefined, null, 7, 'text', [], {}, { by: {} }]) await deployment.signal(signal, payload);
      await harness().handle(id).signal(signal, null);
    }
    await harness().handle(id).signal('stageProgress', null);
    await harness()
      .handle(id)
      .signal('stageProgress', { stage: 'nowhere', status: { phase: 'paused', awaiting: [{}] } });
    hold.open(passed());

    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
  });
});
