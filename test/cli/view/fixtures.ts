import type { RunStatus } from '../../../src/client';
import type { AwaitingApproval, DeploymentStatus, StageStatus } from '../../../src/contracts/status';

export function stage(name: string, change: Partial<StageStatus> = {}): StageStatus {
  return {
    name,
    phase: 'waiting',
    reason: '',
    startedAt: null,
    endedAt: null,
    environment: null,
    deploymentId: null,
    decisions: [],
    skippedForFailure: false,
    rollback: null,
    ...change,
  };
}

export function runStatus(change: Partial<RunStatus> = {}): RunStatus {
  return {
    workflowId: 'pipeline/tests/shop/1.0.0',
    runId: 'run',
    namespace: 'tests',
    name: 'shop',
    release: '1.0.0',
    phase: 'running',
    reason: '',
    planHash: 'hash',
    artifactDigest: null,
    author: 'alice',
    startedAt: '2026-01-01T00:00:00Z',
    endedAt: null,
    stages: [stage('build', { phase: 'succeeded' }), stage('deploy')],
    awaiting: [],
    deployments: [],
    ...change,
  };
}

export function deploymentStatus(change: Partial<DeploymentStatus> = {}): DeploymentStatus {
  return {
    workflowId: 'deployment/tests/shop/production/1.0.0',
    environment: 'production',
    release: '1.0.0',
    stableRelease: '0.9.0',
    phase: 'running',
    reason: 'soaks',
    weight: 25,
    steps: [{ title: 'start 2 replica(s)', phase: 'succeeded', startedAt: null, endedAt: null }],
    awaiting: [],
    decisions: [],
    ...change,
  };
}

export function asked(change: Partial<AwaitingApproval> = {}): AwaitingApproval {
  return {
    workflowId: 'pipeline/tests/shop/1.0.0',
    stage: 'deploy',
    gate: 'manual_approval',
    roles: ['release-managers'],
    approvers: [],
    quorum: 2,
    approvedBy: ['bob'],
    subject: 'abc',
    askedAt: '2026-01-01T00:00:00Z',
    expiresAt: '2026-01-02T00:00:00Z',
    ...change,
  };
}
