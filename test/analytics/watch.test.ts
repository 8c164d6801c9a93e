import { advanceWatch, cutShort, maxPoints, neededReadings, startWatch } from '../../src/analytics';
import {
  around,
  at,
  condition,
  type Figure,
  history,
  judgeMetricPlan,
  plan,
  run,
  sample,
  samplesOf,
  startedAt,
  trigger,
} from './support';

const repeat = (figure: Figure, count: number): Figure[] => Array.from({ length: count }, () => figure);
const criteria = [condition('error_rate < 1%')];
const triggers = [trigger('error_rate > 2%'), trigger('latency_p95 > 1.5s')];

describe('the readings that a watch needs', () => {
  it('are those of its conditions, each once, over their own windows', () => {
    const analysis = plan({
      criteria,
      triggers: [...triggers, trigger('error_rate > 50% over 10s')],
      alerts: [condition('latency > 2s')],
    });

    expect(neededReadings(analysis)).toEqual([
      { metric: 'error_rate', windowSeconds: 60 },
      { metric: 'latency_p95', windowSeconds: 60 },
      { metric: 'error_rate', windowSeconds: 10 },
    ]);
  });

  it('are those of the judge and the anomaly detector too, over one interval where that can be told', () => {
    const judged = plan({
      judge: { threshold: 0.9, minPoints: 50, metrics: [judgeMetricPlan({ metric: 'latency_p99' })] },
    });
    const watched = plan({ triggers: [{ kind: 'event', name: 'exercise7_anomaly_detected' }] });
    const both = (metric: string) => [10, 60].map((windowSeconds) => ({ metric, windowSeconds }));

    expect(neededReadings(judged)).toEqual(both('latency_p99'));
    expect(neededReadings(watched)).toEqual([...both('error_rate'), ...both('latency_p95')]);
    expect(neededReadings(plan({ triggers: [{ kind: 'event', name: 'stop_the_line' }] }))).toEqual([]);
  });
});

describe('a watch with triggers', () => {
  it('fails with the first sample that makes one true', () => {
    const { result } = run(plan({ triggers }), [
      sample(10, { error_rate: 0.001, latency_p95: 0.04 }),
      sample(20, { error_rate: 0.051, latency_p95: 0.04 }),
      sample(30, { error_rate: 0.2, latency_p95: 0.04 }),
    ]);

    expect(result).toEqual({
      verdict: 'fail',
      reasons: [
        {
          kind: 'trigger',
          subject: 'error_rate > 2%',
          outcome: 'true',
          message: 'error_rate was 5.1% (over 60 s, 412 requests), above the limit of 2%',
          observed: 5.1,
          threshold: 2,
          unit: '%',
        },
      ],
      startedAt,
      endedAt: at(20),
      samples: 2,
      breachedAt: at(20),
    });
  });

  it('names all that are true, in the order of the document', () => {
    const { result } = run(plan({ triggers: [...triggers, trigger('throughput < 1rps')] }), [
      sample(10, { latency_p95: 1.92, error_rate: 0.051, throughput: 30 }),
    ]);

    expect(result?.reasons.map(({ subject }) => subject)).toEqual(['error_rate > 2%', 'latency_p95 > 1.5s']);
  });

  it('waits as long as the trigger says, and tells when it began', () => {
    const patient = plan({ triggers: [trigger('error_rate > 2% for 20s')] });

    const { result } = run(patient, samplesOf('error_rate', [0.05, 0, 0.05, 0.06, 0.07, 0.08]));

    expect(result).toMatchObject({ verdict: 'fail', breachedAt: at(30), endedAt: at(50) });
    expect(result?.reasons[0]?.message).toBe(
      'error_rate was 7% (over 60 s, 412 requests), above the limit of 2%, for 20 s of 20 s',
    );
  });

  it('is not decided by scrapes that fail', () => {
    const figures: Figure[] = [0, 'failed', 0, null, 'failed', 0, 0, 0, 0, 0];

    expect(
      run(plan({ triggers: [trigger('error_rate > 2%')] }), samplesOf('error_rate', figures)).result?.verdict,
    ).toBe('pass');
  });

  it('does not pass when it never saw anything', () => {
    const { result } = run(plan({ triggers, maxExtensions: 0 }), samplesOf('error_rate', repeat(null, 10)));

    expect(result?.verdict).toBe('error');
    expect(result?.reasons.map(({ message }) => message)).toEqual([
      'error_rate > 2% was known for 0 s of the 100 s, less than half; in the last sample, error_rate is unknown: there were no requests',
      'latency_p95 > 1.5s was known for 0 s of the 100 s, less than half; in the last sample, latency_p95 is unknown: the source gave no reading',
      'the watch ended after its window of 100 s: it could not be told whether the release is good',
    ]);
  });
});

describe('a watch with criteria', () => {
  it('passes when they held over the whole time', () => {
    const { result } = run(plan({ criteria }), samplesOf('error_rate', repeat(0.002, 10)));

    expect(result).toEqual({
      verdict: 'pass',
      reasons: [
        {
          kind: 'criterion',
          subject: 'error_rate < 1%',
          outcome: 'true',
          message: 'error_rate was 0.2% (over 60 s, 412 requests), below the limit of 1%',
          observed: 0.2,
          threshold: 1,
          unit: '%',
        },
      ],
      startedAt,
      endedAt: at(100),
      samples: 10,
    });
  });

  it('fails with the first sample that breaks one', () => {
    const { result } = run(plan({ criteria }), samplesOf('error_rate', [0, 0, 0.03, 0, 0]));

    expect(result).toMatchObject({
      verdict: 'fail',
      breachedAt: at(30),
      endedAt: at(30),
      reasons: [{ kind: 'criterion', outcome: 'false' }],
    });
  });

  it('forgives what is shorter than the criterion says, and no more', () => {
    const patient = plan({ criteria: [condition('error_rate < 1% for 20s')] });

    const forgiven = run(patient, samplesOf('error_rate', [0, 0.05, 0.05, 0, 0, 0, 0, 0, 0, 0]));
    const broken = run(patient, samplesOf('error_rate', [0, 0.05, 0.05, 0.05, 0, 0, 0, 0, 0, 0]));

    expect(forgiven.result?.verdict).toBe('pass');
    expect(broken.result).toMatchObject({ verdict: 'fail', breachedAt: at(20), endedAt: at(40) });
  });

  it('goes on at the end of the window until a broken criterion has held again', () => {
    const patient = plan({ criteria: [condition('error_rate < 1% for 20s')] });

    const { result } = run(patient, samplesOf('error_rate', [...repeat(0, 8), 0.05, 0, 0, 0, 0]));

    expect(result).toMatchObject({ verdict: 'pass', endedAt: at(120) });
  });

  it('is inconclusive when a criterion asks to hold for longer than the watch takes', () => {
    const patient = plan({ criteria: [condition('error_rate < 1% for 1h')], maxExtensions: 0 });

    const { result } = run(patient, samplesOf('error_rate', repeat(0, 10)));

    expect(result?.verdict).toBe('inconclusive');
    expect(result?.reasons[0]?.message).toContain('for 90 s of 60 min');
  });

  it('takes one sample more when the last one is unknown', () => {
    const { result } = run(plan({ criteria }), samplesOf('error_rate', [...repeat(0, 9), 'failed', 0]));

    expect(result).toMatchObject({ verdict: 'pass', endedAt: at(110) });
  });

  it('extends for want of traffic, and passes as soon as it has seen enough', () => {
    const { result } = run(plan({ criteria }), samplesOf('error_rate', [...repeat(null, 12), ...repeat(0, 10)]));

    expect(result).toMatchObject({ verdict: 'pass', endedAt: at(170) });
  });

  it('ends as insufficient data when traffic never comes', () => {
    const { result } = run(plan({ criteria }), samplesOf('error_rate', repeat(null, 40)));

    expect(result).toMatchObject({ verdict: 'insufficient_data', endedAt: at(300) });
    expect(result?.reasons.at(-1)?.message).toBe(
      'the watch ended after its window of 100 s and 2 further: it could not be told whether the release is good',
    );
  });

  it('ends as an error when the source cannot be asked', () => {
    const { result } = run(plan({ criteria }), samplesOf('error_rate', repeat('failed', 40)));

    expect(result).toMatchObject({
      verdict: 'error',
      endedAt: at(300),
      reasons: [{ kind: 'criterion', outcome: 'unknown' }, {}],
    });
    expect(result?.reasons[0]?.message).toContain('connection refused');
  });

  it('does not take a long absence for evidence', () => {
    const analysis = plan({ criteria, durationSeconds: 3600, maxExtensions: 0 });

    const { result } = run(analysis, [sample(10, { error_rate: 0 }), sample(3600, { error_rate: 0 })]);

    expect(result?.verdict).toBe('insufficient_data');
  });
});

describe('a watch with alerts', () => {
  const alerts = [condition('error_rate > 5%')];

  it('tells each once, again only after it has been false, and goes on', () => {
    const { alerts: told, result } = run(
      plan({ alerts }),
      samplesOf('error_rate', [0.06, 0.07, null, 0.08, 0, 0.09, 0.09, 0, 0, 0]),
    );

    expect(told.map(({ message }) => message)).toEqual([
      'error_rate was 6% (over 60 s, 412 requests), above the limit of 5%',
      'error_rate was 9% (over 60 s, 412 requests), above the limit of 5%',
    ]);
    expect(result).toMatchObject({ verdict: 'pass', endedAt: at(100) });
  });

  it('tells the one that comes with the end, too', () => {
    const { alerts: told, result } = run(plan({ alerts, triggers }), [sample(10, { error_rate: 0.06 })]);

    expect(result?.verdict).toBe('fail');
    expect(told).toHaveLength(1);
  });
});

describe('a watch in mode observe', () => {
  it('goes on to the end, passes, and keeps what would have decided', () => {
    const { result } = run(plan({ triggers, mode: 'observe' }), [
      sample(10, { error_rate: 0.3, latency_p95: 0.04 }),
      ...Array.from({ length: 9 }, (_, index) => sample(20 + index * 10, { error_rate: 0, latency_p95: 0.04 })),
    ]);

    expect(result).toMatchObject({ verdict: 'pass', endedAt: at(100), breachedAt: at(10) });
    expect(result?.reasons[0]).toMatchObject({ subject: 'error_rate > 2%', outcome: 'true', observed: 30 });
  });

  it('passes without data, and says so', () => {
    const { result } = run(plan({ criteria, mode: 'observe' }), samplesOf('error_rate', repeat(null, 10)));

    expect(result).toMatchObject({ verdict: 'pass', endedAt: at(100), reasons: [{ outcome: 'unknown' }] });
  });
});

describe('a watch with a judge', () => {
  const judge = { threshold: 0.95, minPoints: 50, metrics: [judgeMetricPlan()] };
  const judged = plan({ judge, durationSeconds: 600 });
  const stable = history({ latency_p95: around(0.041, 0.004) });
  const good = around(0.043, 0.004);
  const slow = around(0.9, 0.1);

  it('fails a candidate that is slower than its baseline, at the end of the window', () => {
    const { result } = run(judged, samplesOf('latency_p95', slow, stable));

    expect(result).toMatchObject({ verdict: 'fail', endedAt: at(600), score: 0 });
    expect(result?.reasons.map(({ message }) => message)).toEqual([
      "the judge's score is 0; the least that passes is 0.95",
      'latency_p95: candidate 0.902 s against baseline 0.0411 s (p < 0.0001, 22 times); a rise above 25% and 50 ms fails',
    ]);
  });

  it('passes one that is as good', () => {
    expect(run(judged, samplesOf('latency_p95', good, stable)).result).toMatchObject({
      verdict: 'pass',
      endedAt: at(600),
      score: 1,
    });
  });

  it('passes a good release on a noisy machine', () => {
    const noisy = good.map((value, index) => (index % 7 === 0 ? value + 0.4 : value));

    expect(run(judged, samplesOf('latency_p95', noisy, stable)).result?.verdict).toBe('pass');
  });

  it('skips the judge for the first release, and says so', () => {
    const { result } = run({ ...judged, triggers: [trigger('latency_p95 > 1.5s')] }, samplesOf('latency_p95', slow));

    expect(result?.verdict).toBe('pass');
    expect(result?.reasons[0]?.message).toBe(
      'there is no release before this one to compare with, so the judge was skipped',
    );
    expect(result).not.toHaveProperty('score');
  });

  it('does not skip the judge for a baseline that is there and was not measured', () => {
    const { result } = run({ ...judged, maxExtensions: 0 }, samplesOf('latency_p95', good), { hasBaseline: true });

    expect(result).toMatchObject({ verdict: 'insufficient_data', endedAt: at(600) });
    expect(result?.reasons[1]?.message).toContain('60 points of the candidate against 0 of the baseline');
  });

  it('extends until there are points enough', () => {
    const { result } = run({ ...judged, durationSeconds: 300 }, samplesOf('latency_p95', good, stable));

    expect(result).toMatchObject({ verdict: 'pass', endedAt: at(500), score: 1 });
  });

  it('counts a baseline reading once, however often it comes', () => {
    const { state } = run(judged, samplesOf('latency_p95', good.slice(0, 20), stable));

    expect(state.baseline.latency_p95?.values).toHaveLength(60);
  });

  it('takes wide windows where the source has no short ones, and trusts them less', () => {
    const wideOnly = samplesOf('latency_p95', slow, stable).map((each) => ({
      ...each,
      candidate: each.candidate.filter(({ windowSeconds }) => windowSeconds === 60),
    }));

    const { state, result } = run(judged, wideOnly);

    expect(state.candidate.latency_p95?.wide).toBe(60);
    expect(result).toMatchObject({ verdict: 'fail' });
    expect(result?.reasons[1]?.pValue).toBeGreaterThan(1e-9);
  });
});

describe('a watch with events', () => {
  const analysis = plan({ triggers: [{ kind: 'event', name: 'exercise7_anomaly_detected' }], durationSeconds: 600 });
  const stable = history({ latency_p95: around(0.041, 0.004), error_rate: around(0, 0) });

  it('fails on an anomaly that lasts, and tells when it began', () => {
    const { result } = run(analysis, samplesOf('latency_p95', [0.04, 0.05, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6], stable));

    expect(result).toMatchObject({ verdict: 'fail', breachedAt: at(30), endedAt: at(70) });
    expect(result?.reasons).toEqual([
      {
        kind: 'anomaly',
        subject: 'exercise7_anomaly_detected',
        outcome: 'true',
        message:
          'latency_p95 was 0.6 s, 11.2 spreads above the median of 0.0411 s (60 points of the baseline; one spread is 0.05 s); above 3.5 is an anomaly, and has been for 5 samples since 2026-01-05T00:00:30.000Z',
        effect: expect.closeTo(11.18, 2),
        baseline: expect.closeTo(0.0411, 4),
        unit: 's',
      },
    ]);
  });

  it.each([
    { name: 'a hiccup', figures: [0.04, 0.6, 0.6, 0.6, 0.6, 0.04, 0.6, 0.6, 0.6, 0.6, 0.04] },
    { name: 'noise below 50 ms', figures: repeat(0.09, 20) },
    { name: 'a hiccup with an unknown sample in it', figures: [0.6, null, 0.6, 0.6, 'failed' as const, 0.6, 0.04] },
    { name: 'an improvement', figures: repeat(0.001, 20) },
  ])('does not take $name for an anomaly', ({ figures }) => {
    expect(run(analysis, samplesOf('latency_p95', figures, stable)).result).toBeNull();
  });

  it('finds none without a baseline, and is not held up by that', () => {
    const { result } = run(analysis, samplesOf('latency_p95', repeat(9, 60)));

    expect(result).toMatchObject({
      verdict: 'pass',
      endedAt: at(600),
      reasons: [{ kind: 'anomaly', outcome: 'unknown' }],
    });
  });

  it('lets a plain condition decide first', () => {
    const both = { ...analysis, triggers: [...analysis.triggers, trigger('latency_p95 > 1.5s')] };

    const { result } = run(both, samplesOf('latency_p95', repeat(1.9, 60), stable));

    expect(result?.reasons.map(({ kind }) => kind)).toEqual(['trigger']);
  });

  it('fails when somebody else reports the event', () => {
    const told = { ...sample(20, {}), events: ['exercise7_anomaly_detected'] };

    expect(run(analysis, [sample(10, {}), told]).result).toMatchObject({
      verdict: 'fail',
      breachedAt: at(20),
      reasons: [{ kind: 'event', message: 'exercise7_anomaly_detected was reported' }],
    });
  });

  it('computes a norm once for a baseline that stays', () => {
    const few = run(analysis, samplesOf('latency_p95', repeat(0.04, 2), stable)).state;
    const many = run(analysis, samplesOf('latency_p95', repeat(0.04, 20), stable)).state;

    expect(many.anomalies.latency_p95.norm).toEqual(few.anomalies.latency_p95.norm);
    expect(few.anomalies.latency_p95.norm).not.toBeNull();
  });
});

describe('a watch in general', () => {
  it('that is cut short is inconclusive, whatever it saw', () => {
    const { state } = run(plan({ criteria }), samplesOf('error_rate', repeat(0, 5)));

    const result = cutShort(state, at(55), 'the release was aborted');

    expect(result).toMatchObject({ verdict: 'inconclusive', samples: 5, endedAt: at(55) });
    expect(result.reasons.map(({ message }) => message)).toEqual([
      'the watch was cut short: the release was aborted',
      'error_rate was 0% (over 60 s, 412 requests), below the limit of 1%',
    ]);
  });

  it('that asks nothing passes when the time is over', () => {
    expect(run(plan(), samplesOf('error_rate', repeat(null, 10))).result).toMatchObject({
      verdict: 'pass',
      reasons: [{ kind: 'data', message: 'nothing was asked of the release but to run for the time' }],
    });
  });

  it('ignores a sample that it has seen', () => {
    const analysis = plan({ criteria, alerts: [condition('error_rate > 0.5%')] });
    const first = sample(10, { error_rate: 0.007 });
    const { state } = advanceWatch(analysis, startWatch(analysis, startedAt), first);

    expect(advanceWatch(analysis, state, first)).toEqual({ state, alerts: [], resolved: [], result: null });
    expect(advanceWatch(analysis, state, sample(5, { error_rate: 0.5 }))).toEqual({
      state,
      alerts: [],
      resolved: [],
      result: null,
    });
  });

  it('tells which alerts are true no longer, and at its end ends those that are', () => {
    const analysis = plan({ criteria, alerts: [condition('error_rate > 0.5%'), condition('latency_p95 > 1s')] });
    const figures = (errors: number, latency: number) => ({ error_rate: errors, latency_p95: latency });
    const raised = advanceWatch(analysis, startWatch(analysis, startedAt), sample(10, figures(0.007, 2)));
    const healed = advanceWatch(analysis, raised.state, sample(20, figures(0.001, 2)));
    const ended = advanceWatch(analysis, healed.state, sample(30, figures(0.5, 2)));

    const subjects = (reasons: readonly { readonly subject: string }[]) => reasons.map(({ subject }) => subject);
    expect([subjects(raised.alerts), subjects(raised.resolved)]).toEqual([
      ['error_rate > 0.5%', 'latency_p95 > 1s'],
      [],
    ]);
    expect([subjects(healed.alerts), subjects(healed.resolved)]).toEqual([[], ['error_rate > 0.5%']]);
    expect(ended.result?.verdict).toBe('fail');
    expect(subjects(ended.resolved).sort()).toEqual(['error_rate > 0.5%', 'latency_p95 > 1s']);
  });

  it('stays small however long it takes', () => {
    const long = plan({
      criteria,
      triggers: [...triggers, { kind: 'event', name: 'exercise7_anomaly_detected' }],
      judge: {
        threshold: 0.95,
        minPoints: 50,
        metrics: [judgeMetricPlan(), judgeMetricPlan({ metric: 'error_rate' })],
      },
      durationSeconds: 86_400,
    });
    let state = startWatch(long, startedAt);
    for (let index = 1; index <= 4 * maxPoints; index += 1) {
      const figures = { error_rate: 0.001 * Math.abs(Math.sin(index)), latency_p95: 0.04 + 0.003 * Math.sin(index) };
      const [baseline] = history({ latency_p95: [0.04] });
      state = advanceWatch(long, state, {
        ...sample(index * 10, figures),
        baseline: [{ ...baseline!, at: at(index * 10) }],
      }).state;
    }

    expect(state.candidate.latency_p95!.values.length).toBeGreaterThan(maxPoints / 4);
    expect(JSON.stringify(state).length).toBeLessThan(64 * 1024);
  });
});
