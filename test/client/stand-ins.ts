import { condition, setHandler } from '@temporalio/workflow';
import { failure } from '../../src/contracts/errors';
import { deploymentWorkflowId } from '../../src/contracts/ids';
import {
  abortUpdate,
  decideUpdate,
  deploymentStatusQuery,
  environmentStatusQuery,
  freezeUpdate,
  pauseUpdate,
  planQuery,
  resumeUpdate,
  statusQuery,
  timelineQuery,
  unfreezeUpdate,
} from '../../src/contracts/messages';
import type { Phase } from '../../src/contracts/phases';
import type {
  AwaitingApproval,
  DeploymentStatus,
  EnvironmentStatus,
  Freeze,
  PipelineStatus,
  StageStatus,
} from '../../src/contracts/status';
import type { DeploymentInput, EnvironmentInput, PipelineInput, PipelineResult } from '../../src/contracts/workflows';

// The least that answers like the real workflows do: what the client does with it is what is tested.

export async function pipeline({ plan, author }: PipelineInput): Promise<PipelineResult> {
  const workflowId = `pipeline/${plan.namespace}/${plan.name}/${plan.release}`;
  let phase = 'running' as Phase;
  let reason = '';
  let awaiting: AwaitingApproval[] = [];
  const approvedBy: string[] = [];
  const stage: StageStatus = {
    name: 'deploy_production',
    phase: 'running',
    reason: 'told by the pipeline',
    startedAt: '2026-01-01T00:00:00Z',
    endedAt: null,
    environment: 'production',
    deploymentId: deploymentWorkflowId({
      namespace: plan.namespace,
      app: plan.app.name,
      environment: 'production',
      release: plan.release,
    }),
    decisions: [],
    skippedForFailure: false,
    rollback: null,
  };
  if (plan.inputs.asks === true) {
    awaiting = [
      {
        workflowId,
        stage: stage.name,
        gate: 'manual_approval',
        roles: [],
        approvers: [],
        quorum: 1,
        approvedBy: [],
        subject: 'abc',
        askedAt: '2026-01-01T00:00:00Z',
        expiresAt: '2030-01-01T00:00:00Z',
      },
    ];
  }
  const snapshot = (): PipelineStatus => ({
    workflowId,
    runId: 'run',
    namespace: plan.namespace,
    name: plan.name,
    release: plan.release,
    phase,
    reason,
    planHash: plan.hash,
    artifactDigest: `sha256:${'0'.repeat(64)}`,
    author: author.name,
    startedAt: '2026-01-01T00:00:00Z',
    endedAt: null,
    stages: [stage],
    awaiting,
  });
  setHandler(statusQuery, snapshot);
  setHandler(planQuery, () => plan);
  setHandler(timelineQuery, () => [{ at: '2026-01-01T00:00:00Z', actor: author.name, message: 'started' }]);
  setHandler(
    decideUpdate,
    ({ by, verdict }) => {
      approvedBy.push(by.name);
      awaiting = [];
      phase = verdict === 'approve' ? 'succeeded' : 'failed';
      return snapshot();
    },
    {
      validator: ({ by }) => {
        if (by.name === author.name) throw failure('PermissionDenied', `${by.name} is the author of this release`);
      },
    },
  );
  setHandler(pauseUpdate, ({ reason: why }) => {
    phase = 'paused';
    reason = why;
    return snapshot();
  });
  setHandler(resumeUpdate, () => {
    phase = 'running';
    return snapshot();
  });
  setHandler(abortUpdate, ({ reason: why }) => {
    phase = 'aborted';
    reason = why;
    return snapshot();
  });
  await condition(() => phase === 'succeeded' || phase === 'aborted' || phase === 'failed');
  if (phase === 'failed') throw failure('ReleaseFailed', 'rejected');
  return { phase, reason, artifactDigest: null, stages: [stage] };
}

export async function deployment(input: DeploymentInput): Promise<void> {
  let done = false;
  setHandler(
    deploymentStatusQuery,
    (): DeploymentStatus => ({
      workflowId: `${input.mode}/${input.release}`,
      environment: input.plan.environment,
      release: input.release,
      stableRelease: '0.9.0',
      phase: 'running',
      reason: input.reason,
      weight: 25,
      steps: [],
      awaiting: [],
      decisions: [],
    }),
  );
  setHandler(abortUpdate, () => {
    done = true;
    return { workflowId: '' } as DeploymentStatus;
  });
  await condition(() => done);
}

const served = {
  app: 'shop',
  release: 'served',
  digest: `sha256:${'0'.repeat(64)}`,
  spec: { name: 'shop', source: '/shop', build: [], start: 'node .', healthPath: '/', metrics: null },
  replicas: 1,
  env: {},
  at: '2026-01-01T00:00:00Z',
  verified: true,
};

export async function environment({ namespace, environment: name }: EnvironmentInput): Promise<void> {
  let freezes: Freeze[] = [];
  setHandler(
    environmentStatusQuery,
    (): EnvironmentStatus => ({
      workflowId: `environment/${namespace}/${name}`,
      namespace,
      environment: name,
      holders: [],
      waiting: [],
      freezes,
      current: served,
      serving: [served],
      history: [],
      rejected: [],
    }),
  );
  setHandler(freezeUpdate, ({ id, reason, by, until }) => {
    const freeze = { id, reason, by: by.name, from: '2026-01-01T00:00:00Z', until };
    freezes = [...freezes.filter((one) => one.id !== id), freeze];
    return freeze;
  });
  setHandler(unfreezeUpdate, ({ id }) => {
    freezes = id === undefined ? [] : freezes.filter((one) => one.id !== id);
  });
  await condition(() => false);
}
