import { type RiskFacts, riskOf } from '../../../src/console/views/risk';
import type { VerdictReason } from '../../../src/contracts/analysis';
import type { DeployedRelease } from '../../../src/contracts/status';
import type { DeploymentPlan, ReleasePlan } from '../../../src/definition/release-plan';
import { environmentStatus, examplePlan } from '../harness';

let plan: ReleasePlan;
let facts: RiskFacts;

const held: VerdictReason = { kind: 'criterion', subject: 'error_rate < 1%', outcome: 'true', message: 'it held' };
const serving = { app: 'shop', release: '1.1.0', at: '2026-01-01T00:00:00Z', verified: true } as DeployedRelease;

beforeAll(async () => {
  plan = await examplePlan();
  const deployment = plan.stages.find(({ name }) => name === 'deploy_production')?.deployment as DeploymentPlan;
  facts = {
    app: 'shop',
    release: '1.2.0',
    deployment,
    environment: { ...environmentStatus, serving: [serving] },
    evidence: [held],
    firingAlerts: 0,
  };
});

describe('the risk of what is asked', () => {
  it('is low for a release that held its criteria and has a verified one to go back to', () => {
    expect(riskOf(facts).level).toBe('low');
  });

  it.each<[string, (all: RiskFacts) => Partial<RiskFacts>, string, 'medium' | 'high']>([
    ['nothing was measured', () => ({ evidence: [] }), 'nothing was measured in the stages before', 'medium'],
    [
      'a trigger was true before',
      () => ({ evidence: [{ ...held, kind: 'trigger', message: 'error_rate was 5%' }] }),
      'it has shown a fault before: error_rate was 5%',
      'high',
    ],
    ['alerts fire there', () => ({ firingAlerts: 2 }), '2 alert(s) fire in production now', 'medium'],
    [
      'nothing serves there',
      () => ({ environment: null }),
      'nothing serves in production yet: there is nothing to go back to',
      'medium',
    ],
    [
      'it was rolled back there',
      ({ environment }) => ({
        environment: environment && {
          ...environment,
          rejected: [{ app: 'shop', release: '1.2.0', reason: 'slow', at: '2026-01-01T00:00:00Z' }],
        },
      }),
      'it was rolled back in production before: slow',
      'high',
    ],
    [
      'users would see an interruption',
      ({ deployment }) => ({ deployment: deployment && { ...deployment, strategy: 'recreate' } }),
      'the old release is stopped first: users see an interruption',
      'medium',
    ],
    [
      'nothing watches it',
      ({ deployment }) => ({
        deployment: deployment && {
          ...deployment,
          guardian: null,
          steps: deployment.steps.filter(({ kind }) => kind !== 'analyze'),
        },
      }),
      'nothing watches it once it serves: a fault would be found by users',
      'medium',
    ],
  ])('rises when %s, and says so', (_when, change, point, level) => {
    const risk = riskOf({ ...facts, ...change(facts) });

    expect(risk.points).toContain(point);
    expect(['medium', 'high'].indexOf(risk.level)).toBeGreaterThanOrEqual(['medium', 'high'].indexOf(level));
  });

  it('asks nothing about a place where nothing is deployed', () => {
    expect(riskOf({ ...facts, deployment: null, evidence: [] })).toEqual({ level: 'low', points: [] });
  });
});
