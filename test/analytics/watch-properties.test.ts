import fc from 'fast-check';
import { advanceWatch, startWatch, type WatchState } from '../../src/analytics';
import { at, condition, type Figure, plan, run, samplesOf, startedAt, trigger } from './support';

const figure = fc.constantFrom<Figure>(0, 0, 0, 0, 0.05, null, 'failed');
const figures = fc.array(figure, { minLength: 1, maxLength: 35 });
const criteria = [condition('error_rate < 1%')];
const rich = plan({
  criteria: [condition('error_rate < 1% for 20s')],
  triggers: [trigger('error_rate > 4% for 30s'), { kind: 'event', name: 'exercise7_anomaly_detected' }],
  alerts: [condition('error_rate > 1%')],
});

/** The documented semantics of one plain criterion, written down a second time, over the whole list at once. */
function expected(list: readonly Figure[]): { verdict: string; sample: number } | null {
  for (let sample = 1; sample <= list.length; sample += 1) {
    const seen = list.slice(0, sample);
    const newest = seen.at(-1);
    if (newest === 0.05) return { verdict: 'fail', sample };
    const isCovered = seen.filter((each) => typeof each === 'number').length >= 5;
    if (sample >= 10 && newest === 0 && isCovered) return { verdict: 'pass', sample };
    if (sample < 30) continue;
    const lastUnknown = seen.findLast((each) => typeof each !== 'number');
    return { verdict: lastUnknown === 'failed' ? 'error' : 'insufficient_data', sample };
  }
  return null;
}

describe('every watch', () => {
  it('does sample by sample what the documentation says of the whole', () => {
    fc.assert(
      fc.property(figures, (list) => {
        const { result } = run(plan({ criteria }), samplesOf('error_rate', list));

        const reached = result && { verdict: result.verdict, sample: result.samples };
        expect(reached).toEqual(expected(list));
      }),
      { numRuns: 500 },
    );
  });

  it('never passes with a criterion that is unknown', () => {
    fc.assert(
      fc.property(figures, (list) => {
        const { result } = run(rich, samplesOf('error_rate', list));

        const outcomes = (result?.reasons ?? [])
          .filter(({ kind }) => kind === 'criterion')
          .map(({ outcome }) => outcome);
        if (result?.verdict === 'pass') expect(outcomes).toEqual(['true']);
        else expect(outcomes).not.toContain('true');
      }),
    );
  });

  it('is the same after a trip through JSON at any moment', () => {
    fc.assert(
      fc.property(figures, fc.nat({ max: 34 }), (list, moment) => {
        const samples = samplesOf('error_rate', list);
        let through: WatchState = startWatch(rich, startedAt);
        for (const [index, next] of samples.entries()) {
          const step = advanceWatch(rich, through, next);
          through = index === moment ? JSON.parse(JSON.stringify(step.state)) : step.state;
          if (step.result) break;
        }

        expect(through).toEqual(run(rich, samples).state);
      }),
    );
  });

  it('has a reason for every verdict, and ends by the last extension', () => {
    fc.assert(
      fc.property(fc.array(figure, { minLength: 30, maxLength: 30 }), (list) => {
        const { result } = run(rich, samplesOf('error_rate', list));

        expect(result?.reasons.length).toBeGreaterThan(0);
        expect(result?.reasons.every(({ message }) => message.length > 10)).toBe(true);
        expect(Date.parse(result!.endedAt)).toBeLessThanOrEqual(Date.parse(at(300)));
      }),
    );
  });

  it('leaves the state that it was given as it was', () => {
    fc.assert(
      fc.property(figures, (list) => {
        const samples = samplesOf('error_rate', list);
        const { state } = run(rich, samples.slice(0, -1));
        const before = structuredClone(state);

        advanceWatch(rich, state, samples.at(-1)!);

        expect(state).toEqual(before);
      }),
    );
  });
});
