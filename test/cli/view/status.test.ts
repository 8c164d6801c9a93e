import picocolors from 'picocolors';
import { changesBetween } from '../../../src/cli/view/changes';
import { statusText } from '../../../src/cli/view/status';
import { mergeStatus, openDeploymentIds } from '../../../src/client/status';
import type { Phase } from '../../../src/contracts/phases';
import { asked, deploymentStatus, runStatus, stage } from './fixtures';

const plain = { colours: picocolors.createColors(false), now: Date.parse('2026-01-01T01:00:00Z'), hints: true };

describe('the tree of a run', () => {
  it('shows each stage with its phase, and the command that would approve', () => {
    const text = statusText(runStatus({ phase: 'awaiting_approval', awaiting: [asked()] }), plain);

    expect(text).toContain('? shop 1.0.0  awaiting_approval  1 h');
    expect(text).toContain('✔ build ');
    expect(text).toContain('○ deploy');
    expect(text).toContain(
      'asks deploy (manual_approval): 1 of 2 approved (bob); role release-managers; expires in 23 h',
    );
    expect(text).toContain('f0 approve shop/1.0.0 --stage deploy --as NAME --reason TEXT');
  });

  it('shows the steps and the traffic of a deployment at work', () => {
    const deployment = deploymentStatus();
    const deploying = stage('deploy', { phase: 'running', deploymentId: deployment.workflowId });

    const text = statusText(runStatus({ stages: [deploying], deployments: [deployment] }), plain);

    expect(text).toContain('production: 1.0.0 25 %, 0.9.0 75 %');
    expect(text).toContain('✔ start 2 replica(s)');
  });
});

describe('the log of a run', () => {
  it('tells what is there at first, then only what changes', () => {
    const before = runStatus();
    const after = runStatus({
      stages: [stage('build', { phase: 'succeeded' }), stage('deploy', { phase: 'running', reason: 'starts' })],
    });

    expect(changesBetween(null, before)).toEqual(['build: succeeded', 'shop 1.0.0: running']);
    expect(changesBetween(before, before)).toEqual([]);
    expect(changesBetween(before, after)).toEqual(['deploy: running (starts)']);
  });

  it('tells traffic and steps of a deployment', () => {
    const changed = deploymentStatus({
      weight: 100,
      steps: [{ title: 'start', phase: 'running', startedAt: null, endedAt: null }],
    });

    const told = changesBetween(
      runStatus({ deployments: [deploymentStatus({ steps: [] })] }),
      runStatus({ deployments: [changed] }),
    );

    expect(told).toEqual(['production: start', 'production: 100 % of the traffic goes to 1.0.0']);
  });

  it('tells a step again only when it does not succeed', () => {
    const step = (phase: Phase) =>
      runStatus({
        deployments: [deploymentStatus({ steps: [{ title: 'soak', phase, startedAt: null, endedAt: null }] })],
      });

    expect(changesBetween(step('running'), step('succeeded'))).toEqual([]);
    expect(changesBetween(step('running'), step('failed'))).toEqual(['production: soak: failed']);
  });

  it('tells a question once, and again when it is asked anew', () => {
    const first = runStatus({ awaiting: [asked()] });
    const anew = runStatus({ awaiting: [asked({ askedAt: '2026-01-01T02:00:00Z' })] });

    expect(changesBetween(runStatus(), first)).toEqual([expect.stringContaining('deploy asks for 2 approvals')]);
    expect(changesBetween(first, first)).toEqual([]);
    expect(changesBetween(first, anew)).toHaveLength(1);
  });
});

describe('mergeStatus', () => {
  const deployment = deploymentStatus({
    phase: 'awaiting_approval',
    awaiting: [asked({ workflowId: 'deployment/x' })],
  });
  const deploying = stage('deploy', { phase: 'running', reason: 'older', deploymentId: deployment.workflowId });

  it('takes from a deployment at work what it knows better', () => {
    const merged = mergeStatus(runStatus({ stages: [deploying] }), [deployment]);

    expect(merged.phase).toBe('awaiting_approval');
    expect(merged.stages[0]).toMatchObject({ phase: 'awaiting_approval', reason: 'soaks' });
    expect(merged.awaiting).toHaveLength(1);
  });

  it('lists a question once that both the pipeline and the deployment show', () => {
    const question = asked({ workflowId: 'deployment/x' });

    const merged = mergeStatus(runStatus({ awaiting: [question] }), [
      { ...deployment, awaiting: [{ ...question, approvedBy: ['bob', 'carol'] }] },
    ]);

    expect(merged.awaiting.map((one) => one.approvedBy)).toEqual([['bob', 'carol']]);
  });

  it('leaves a stage that has ended as the pipeline has it', () => {
    const ended = { ...deploying, phase: 'failed', reason: 'over' } as const;

    expect(mergeStatus(runStatus({ stages: [ended] }), [deployment]).stages[0]).toEqual(ended);
    expect(openDeploymentIds(runStatus({ stages: [ended] }))).toEqual([]);
    expect(openDeploymentIds(runStatus({ stages: [deploying] }))).toEqual([deployment.workflowId]);
  });
});
