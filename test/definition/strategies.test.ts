import fc from 'fast-check';
import { rollbackStepsOf, stepsOf, undoOf } from '../../src/definition';
import type { AnalysisPlan, DeploymentStep } from '../../src/definition/release-plan';
import type { CanaryStep, StrategyInput } from '../../src/definition/strategies';

const analysis: AnalysisPlan = {
  name: 'validation',
  durationSeconds: 600,
  intervalSeconds: 5,
  windowSeconds: 60,
  criteria: [],
  triggers: [],
  alerts: [],
  judge: null,
  mode: 'enforce',
  onInconclusive: 'ask',
  maxExtensions: 2,
  askExpiresInSeconds: 60,
  minRequests: 20,
};
const input: StrategyInput = { replicas: 4, analysis, retireAfterSeconds: 300, canarySteps: [] };
const weight = (share: number): CanaryStep => ({ kind: 'weight', weight: share });

/** A step in a word, so that a whole strategy is one line. */
function told(steps: readonly DeploymentStep[]): readonly string[] {
  return steps.map((step) => {
    switch (step.kind) {
      case 'prepare':
        return `${step.rolling ? 'roll' : 'prepare'} ${step.replicas}`;
      case 'weight':
        return `weight ${step.weight}`;
      case 'retire':
        return `retire ${step.afterSeconds}`;
      default:
        return step.kind;
    }
  });
}

describe('stepsOf', () => {
  it('replaces replicas one by one when rolling', () => {
    expect(told(stepsOf('rolling', input))).toEqual(['roll 4', 'analyze', 'promote']);
  });

  it('keeps the old release ready after a blue-green switch', () => {
    const expected = ['prepare 4', 'weight 100', 'analyze', 'promote', 'retire 300'];
    expect(told(stepsOf('blue_green', input))).toEqual(expected);
  });

  it('stops the old release first when recreating', () => {
    const expected = ['retire 0', 'prepare 4', 'weight 100', 'analyze', 'promote'];
    expect(told(stepsOf('recreate', input))).toEqual(expected);
  });

  it('has no analysis where a stage asks for none', () => {
    for (const strategy of ['rolling', 'blue_green', 'canary', 'recreate'] as const) {
      expect(told(stepsOf(strategy, { ...input, analysis: null }))).not.toContain('analyze');
    }
  });

  it('prepares the replicas of a weight before the canary gets it', () => {
    const canarySteps: CanaryStep[] = [
      weight(5),
      { kind: 'analyze', analysis },
      weight(50),
      { kind: 'pause', durationSeconds: null },
      weight(100),
    ];

    expect(told(stepsOf('canary', { ...input, canarySteps }))).toEqual([
      'prepare 1',
      'weight 5',
      'analyze',
      'prepare 2',
      'weight 50',
      'pause',
      'prepare 4',
      'weight 100',
      'analyze',
      'promote',
      'retire 300',
    ]);
  });

  it('gives a canary all of the traffic before it is promoted, whatever its steps', () => {
    const weights = fc
      .uniqueArray(fc.integer({ min: 1, max: 100 }), { maxLength: 6 })
      .map((all) => all.sort((a, b) => a - b));
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 50 }), (shares, replicas) => {
        const steps = stepsOf('canary', { ...input, replicas, canarySteps: shares.map(weight) });
        const shifts = steps.flatMap((step) => (step.kind === 'weight' ? [step.weight] : []));
        const prepared = steps.flatMap((step) => (step.kind === 'prepare' ? [step.replicas] : []));

        expect(shifts.at(-1)).toBe(100);
        expect(prepared.at(-1)).toBe(replicas);
        // Never less capacity than traffic.
        shifts.forEach((share, index) => {
          expect((prepared[index] ?? 0) * 100).toBeGreaterThanOrEqual(share * replicas);
        });
        expect(steps.findIndex(({ kind }) => kind === 'promote')).toBeGreaterThan(
          steps.findLastIndex(({ kind }) => kind === 'weight'),
        );
      }),
    );
  });
});

describe('rollbackStepsOf', () => {
  it('makes the stable release ready before it gets traffic, and only then takes the candidate away', () => {
    expect(told(rollbackStepsOf({ replicas: 3 }))).toEqual(['prepare 3', 'weight 100', 'promote', 'retire 0']);
  });
});

describe('undoOf', () => {
  it('knows a way back from every step of every strategy', () => {
    for (const strategy of ['rolling', 'blue_green', 'canary', 'recreate'] as const) {
      for (const step of stepsOf(strategy, input)) expect(undoOf(step)).toMatch(/\w/);
    }
  });
});
