import { reportRelease } from '../../../src/embedded/demo/report';
import type { LoadReport } from '../../../src/embedded/load';
import { runStatus, stage } from '../../cli/view/fixtures';

const start: LoadReport = { sent: 100, ok: 100, failed: 0, dropped: 0, droppedBecause: [], releases: [] };
const ended = '2026-01-01T00:01:00Z';

function load(change: Partial<LoadReport>): LoadReport {
  return { ...start, ...change };
}

function answered(release: string, failed: number): LoadReport['releases'] {
  return [{ release, ok: 50, failed, p50Ms: 1, p95Ms: 2 }];
}

const breach = {
  kind: 'trigger',
  subject: 'error_rate > 2%',
  outcome: 'true',
  message: 'error_rate was 5.1 %, over 2 %',
} as const;

const rolledBack = runStatus({
  release: '1.1.0',
  phase: 'rolled_back',
  stages: [
    stage('deploy_production', {
      phase: 'rolled_back',
      decisions: [breach],
      rollback: {
        breachedAt: '2026-01-01T00:00:10.000Z',
        decidedAt: '2026-01-01T00:00:10.400Z',
        trafficBackAt: '2026-01-01T00:00:10.900Z',
      },
    }),
  ],
});
const expectation = { release: '1.1.0', phase: 'rolled_back', metric: 'error_rate' } as const;

describe('the report of a demo release', () => {
  it('tells how fast a rollback was decided and done, by which figures, and what users met', () => {
    const after = load({ sent: 150, failed: 5, releases: answered('1.1.0', 5) });

    const report = reportRelease(expectation, rolledBack, ['alice'], start, after, ended);

    expect(report).toMatchObject({ asExpected: true, faults: [], approvedBy: ['alice'], reasons: [breach] });
    expect(report.secondsToDecide).toBeCloseTo(0.4);
    expect(report.secondsToRollBack).toBeCloseTo(0.5);
    expect(report.requests).toEqual({ sent: 50, failed: 5, dropped: 0 });
  });

  it.each([
    ['another phase', { ...rolledBack, phase: 'succeeded' } as const, load({}), 'it ended succeeded, not rolled_back'],
    [
      'another metric',
      {
        ...rolledBack,
        stages: [stage('deploy_production', { decisions: [{ ...breach, subject: 'latency_p95 > 1.5s' }] })],
      },
      load({}),
      'no figure of error_rate decided',
    ],
    ['a dropped request', rolledBack, load({ dropped: 1 }), '1 requests were answered by no release'],
    [
      'errors of the good release',
      rolledBack,
      load({ releases: answered('1.0.0', 3) }),
      '1.0.0 answered 3 requests with errors',
    ],
  ])('is not as expected with %s', (_name, status, after, fault) => {
    const report = reportRelease(expectation, status, [], start, after, ended);

    expect(report.asExpected).toBe(false);
    expect(report.faults.join()).toContain(fault);
  });
});
