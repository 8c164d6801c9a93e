import fc from 'fast-check';
import { judge, judgeMetric } from '../../src/analytics';
import type { JudgeMetricPlan, JudgePlan } from '../../src/definition/release-plan';
import { around, judgeMetricPlan, points } from './support';

const errorPlan = judgeMetricPlan({ metric: 'error_rate', group: 'errors', minAbsoluteEffect: 0.01 });
const calm = points(around(0.041, 0.004));
const slow = points(around(1.92, 0.2));

describe('the judge of one metric', () => {
  it('fails a candidate that is slower, with the figures', () => {
    const judgement = judgeMetric(judgeMetricPlan(), 50, slow, calm);

    expect(judgement.outcome).toBe('fail');
    expect(judgement.message).toBe(
      'latency_p95: candidate 1.92 s against baseline 0.0411 s (p < 0.0001, 46.8 times); a rise above 25% and 50 ms fails',
    );
    expect(judgement.effect).toBeCloseTo(1.88, 2);
  });

  it.each([
    {
      name: 'a difference that is real and small: 40 ms',
      candidate: around(0.081, 0.004),
      baseline: around(0.041, 0.004),
    },
    {
      name: 'a difference that is large and relatively small: 20 %',
      candidate: around(1.2, 0.01),
      baseline: around(1, 0.01),
    },
    { name: 'a difference that may be an accident', candidate: around(0.4, 0.3, 4), baseline: around(0.1, 0.05, 4) },
    { name: 'an improvement', candidate: around(0.041, 0.004), baseline: around(1.92, 0.2) },
    { name: 'no difference', candidate: around(0.041, 0.004), baseline: around(0.041, 0.004) },
    { name: 'points that are all equal', candidate: around(0.041, 0), baseline: around(0.041, 0) },
  ])('passes $name', ({ candidate, baseline }) => {
    expect(judgeMetric(judgeMetricPlan(), 1, points(candidate), points(baseline)).outcome).toBe('pass');
  });

  it.each([
    { direction: 'increase', rise: 'fail', fall: 'pass' },
    { direction: 'decrease', rise: 'pass', fall: 'fail' },
    { direction: 'either', rise: 'fail', fall: 'fail' },
  ] as const)('with direction $direction lets a rise $rise and a fall $fall', ({ direction, rise, fall }) => {
    const metric = judgeMetricPlan({ direction });

    expect(judgeMetric(metric, 50, slow, calm).outcome).toBe(rise);
    expect(judgeMetric(metric, 50, calm, slow).outcome).toBe(fall);
  });

  it('sees rare errors, although most points of them are zero', () => {
    const candidate = points(Array.from({ length: 60 }, (_, index) => (index % 3 === 0 ? 0.09 : 0)));
    const baseline = points(Array.from({ length: 60 }, () => 0));

    const judgement = judgeMetric(errorPlan, 50, candidate, baseline);

    expect(judgement).toMatchObject({ outcome: 'fail', candidate: expect.closeTo(0.03, 12), baseline: 0 });
    expect(judgement.message).toBe(
      'error_rate: candidate 3% against baseline 0% (p < 0.0001); a rise above 25% and 1 percentage point fails',
    );
  });

  it('weighs shares by the requests behind them', () => {
    const requests = Array.from({ length: 60 }, (_, index) => (index < 30 ? 1 : 999));
    const candidate = points(
      requests.map((count) => (count === 1 ? 1 : 0)),
      { requests },
    );
    const baseline = points(around(0, 0));

    expect(judgeMetric(errorPlan, 50, candidate, baseline)).toMatchObject({
      outcome: 'pass',
      candidate: expect.closeTo(0.001, 12),
    });
  });

  it('has no opinion below the least number of points, on either side', () => {
    const few = points(around(1.92, 0.2, 49));

    expect(judgeMetric(judgeMetricPlan(), 50, few, calm)).toMatchObject({
      outcome: 'insufficient',
      pValue: null,
      message:
        'latency_p95: 49 points of the candidate against 60 of the baseline, fewer than the 50 a side that a judgement needs',
    });
    expect(judgeMetric(judgeMetricPlan(), 50, calm, few).outcome).toBe('insufficient');
    expect(judgeMetric(judgeMetricPlan(), 50, calm, undefined).outcome).toBe('insufficient');
    expect(judgeMetric(judgeMetricPlan(), 50, undefined, undefined).outcome).toBe('no_data');
  });

  it('has no opinion on points that overlap so much that they are few', () => {
    const wide = points(around(1.92, 0.2), { wide: 60 });

    expect(judgeMetric(judgeMetricPlan(), 50, wide, calm, 60)).toMatchObject({
      outcome: 'insufficient',
      message: expect.stringContaining('share too much of their data'),
    });
    expect(judgeMetric(judgeMetricPlan(), 50, wide, calm, 12).outcome).toBe('fail');
    expect(judgeMetric(judgeMetricPlan(), 50, { ...wide, wide: 1 }, calm, 60).outcome).toBe('fail');
  });
});

describe('the judge', () => {
  const names = ['a', 'b', 'c', 'd'] as const;
  const metrics = (changes: Partial<Record<(typeof names)[number], Partial<JudgeMetricPlan>>> = {}) =>
    names.map((metric) => judgeMetricPlan({ metric, group: metric, ...changes[metric] }));
  const planOf = (of: readonly JudgeMetricPlan[], threshold = 0.95): JudgePlan => ({
    threshold,
    minPoints: 50,
    metrics: of,
  });

  /** Letters: pass, fail, insufficient, no data. */
  const sidesOf = (outcomes: string) => {
    const sides: Record<string, [typeof slow | null, typeof calm | null]> = {
      p: [calm, calm],
      f: [slow, calm],
      i: [points([1, 2]), calm],
      n: [null, null],
    };
    const pick = (side: 0 | 1) =>
      Object.fromEntries(
        [...outcomes].flatMap((letter, index) => (sides[letter]![side] ? [[names[index]!, sides[letter]![side]]] : [])),
      );
    return [pick(0), pick(1)] as const;
  };

  it.each([
    { name: 'passes when all pass', outcomes: 'pppp', verdict: 'pass', score: 1 },
    { name: 'fails below the threshold', outcomes: 'pppf', verdict: 'fail', score: 0.75 },
    { name: 'passes at the threshold', outcomes: 'pppf', threshold: 0.75, verdict: 'pass', score: 0.75 },
    { name: 'fails when all fail', outcomes: 'ffff', verdict: 'fail', score: 0 },
    { name: 'leaves out what neither side has', outcomes: 'pnnn', verdict: 'pass', score: 1 },
    {
      name: 'has no verdict when neither side has anything',
      outcomes: 'nnnn',
      verdict: 'insufficient_data',
      score: null,
    },
    {
      name: 'has no verdict when all have too few points',
      outcomes: 'iiii',
      verdict: 'insufficient_data',
      score: null,
    },
    { name: 'waits for what could change the verdict', outcomes: 'pppi', verdict: 'insufficient_data', score: 1 },
    {
      name: 'does not wait for what could not: it fails anyway',
      outcomes: 'ppfi',
      threshold: 0.8,
      verdict: 'fail',
      score: 0.75,
    },
    {
      name: 'does not wait for what could not: it passes anyway',
      outcomes: 'pppi',
      threshold: 0.7,
      verdict: 'pass',
      score: 0.75,
    },
  ])('$name', ({ outcomes, threshold, verdict, score }) => {
    expect(judge(planOf(metrics(), threshold), ...sidesOf(outcomes))).toMatchObject({ verdict, score });
  });

  it('scores 0 when a critical metric fails', () => {
    const critical = metrics({ d: { critical: true, weight: 0.001 } });

    expect(judge(planOf(critical, 0.5), ...sidesOf('pppf'))).toMatchObject({ verdict: 'fail', score: 0 });
    expect(judge(planOf(critical, 0.5), ...sidesOf('pppi')).verdict).toBe('insufficient_data');
    expect(judge(planOf(critical, 0.5), ...sidesOf('pppn')).verdict).toBe('insufficient_data');
  });

  it('counts a group as much as its heaviest metric', () => {
    const grouped = metrics({ b: { group: 'latency' }, c: { group: 'latency' }, d: { group: 'latency' } });

    expect(judge(planOf(grouped, 0.5), ...sidesOf('fppp')).score).toBe(0.5);
    expect(judge(planOf(grouped, 0.5), ...sidesOf('pfff')).score).toBe(0.5);
    expect(judge(planOf(grouped, 0.5), ...sidesOf('pppf')).score).toBeCloseTo(5 / 6, 12);
  });

  it('counts weights', () => {
    const weighted = metrics({ a: { weight: 7 } });

    expect(judge(planOf(weighted, 0.5), ...sidesOf('fppp')).score).toBeCloseTo(0.3, 12);
  });

  it('explains itself: the score, then what failed, then the rest', () => {
    const { reasons } = judge(planOf(metrics()), ...sidesOf('pfpp'));

    expect(reasons.map(({ subject, outcome }) => `${subject} ${outcome}`)).toEqual([
      'score false',
      'b false',
      'a true',
      'c true',
      'd true',
    ]);
    expect(reasons[0]).toMatchObject({
      message: "the judge's score is 0.75; the least that passes is 0.95",
      observed: 0.75,
      threshold: 0.95,
    });
    expect(reasons[1]).toMatchObject({
      kind: 'judge',
      observed: expect.closeTo(1.92, 1),
      baseline: expect.closeTo(0.041, 2),
    });
    expect(reasons[1]?.pValue).toBeLessThan(0.0001);
  });

  const outcomes = fc.stringMatching(/^[pfin]{4}$/);
  const weights = fc.tuple(...names.map(() => fc.constantFrom(0.5, 1, 3)));
  const groups = fc.tuple(...names.map(() => fc.constantFrom('x', 'y')));
  const arbitraryPlan = fc
    .tuple(weights, groups, fc.double({ min: 0.01, max: 1, noNaN: true }))
    .map(([weight, group, threshold]) =>
      planOf(
        names.map((metric, index) => judgeMetricPlan({ metric, weight: weight[index]!, group: group[index]! })),
        threshold,
      ),
    );

  it('scores between 0 and 1, and on the side of the threshold that it says', () => {
    fc.assert(
      fc.property(arbitraryPlan, outcomes, (plan, letters) => {
        const { score, verdict } = judge(plan, ...sidesOf(letters));

        expect(score ?? 0).toBeGreaterThanOrEqual(0);
        expect(score ?? 1).toBeLessThanOrEqual(1);
        if (verdict === 'pass') expect(score).toBeGreaterThanOrEqual(plan.threshold);
        if (verdict === 'fail') expect(score).toBeLessThan(plan.threshold);
      }),
    );
  });

  it('never scores higher because a metric fails', () => {
    fc.assert(
      fc.property(
        arbitraryPlan,
        fc.stringMatching(/^[pf]{4}$/),
        fc.integer({ min: 0, max: 3 }),
        (plan, letters, index) => {
          const worse = `${letters.slice(0, index)}f${letters.slice(index + 1)}`;

          expect(judge(plan, ...sidesOf(worse)).score).toBeLessThanOrEqual(
            judge(plan, ...sidesOf(letters)).score! + 1e-12,
          );
        },
      ),
    );
  });

  it('keeps its verdict when the points that were missing arrive', () => {
    fc.assert(
      fc.property(arbitraryPlan, outcomes, fc.constantFrom('p', 'f'), (plan, letters, arriving) => {
        const before = judge(plan, ...sidesOf(letters)).verdict;
        const after = judge(plan, ...sidesOf(letters.replaceAll('i', arriving))).verdict;

        expect([after, 'insufficient_data']).toContain(before);
      }),
    );
  });
});
