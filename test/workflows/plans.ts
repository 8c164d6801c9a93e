import type { PipelineInput } from '../../src/contracts/workflows';
import type {
  AnalysisPlan,
  ApprovalGatePlan,
  DeploymentPlan,
  DeploymentStep,
  RegionPlan,
  ReleasePlan,
  StagePlan,
  WavePlan,
} from '../../src/definition/release-plan';

/** Plans by hand: the workflows are tested on what they are given, not on what the language makes of a document. */

/** One channel, which needs nothing around it. */
export const channels = [{ name: 'ops', type: 'console', url: null, to: [], from: null, secret: null }] as const;

export const author = { name: 'anna', source: 'cli' } as const;
export const bob = { name: 'bob', source: 'cli' } as const;
export const cleo = { name: 'cleo', source: 'cli' } as const;

export const isolation = {
  name: 'development',
  cleanEnvironment: false,
  ownDirectory: false,
  memoryMiB: 512,
  outputMiB: 1,
} as const;

export function gatePlan(change: Partial<ApprovalGatePlan> = {}): ApprovalGatePlan {
  return {
    name: 'manual_approval',
    approvers: [],
    roles: [],
    quorum: 1,
    expiresInSeconds: 86_400,
    remindEverySeconds: null,
    escalateTo: [],
    allowAuthor: false,
    ...change,
  };
}

export function analysisPlan(change: Partial<AnalysisPlan> = {}): AnalysisPlan {
  return {
    name: 'validation',
    durationSeconds: 600,
    intervalSeconds: 5,
    windowSeconds: 60,
    criteria: [],
    triggers: [
      {
        kind: 'condition',
        condition: { metric: 'error_rate', op: '>', value: 0.02, unit: '%', forSeconds: null, overSeconds: null },
      },
      { kind: 'event', name: 'exercise7_anomaly_detected' },
    ],
    alerts: [],
    judge: null,
    mode: 'enforce',
    onInconclusive: 'ask',
    maxExtensions: 1,
    askExpiresInSeconds: 3600,
    minRequests: 20,
    ...change,
  };
}

export const blueGreen: readonly DeploymentStep[] = [
  { kind: 'prepare', replicas: 2, rolling: false },
  { kind: 'weight', weight: 100 },
  { kind: 'analyze', analysis: analysisPlan() },
  { kind: 'promote' },
  { kind: 'retire', afterSeconds: 300 },
];

/** Blue-green whose old release goes at once. */
export const promptly: readonly DeploymentStep[] = [...blueGreen.slice(0, -1), { kind: 'retire', afterSeconds: 0 }];

export const rolling: readonly DeploymentStep[] = [
  { kind: 'prepare', replicas: 2, rolling: true },
  { kind: 'promote' },
];

export function deploymentPlan(environment: string, change: Partial<DeploymentPlan> = {}): DeploymentPlan {
  return {
    environment,
    cluster: { name: `${environment}-k8s`, type: 'local', settings: {} },
    metricSource: { name: 'builtin', type: 'builtin', url: null, secret: null, queries: {} },
    strategy: 'blue_green',
    replicas: 2,
    env: {},
    steps: blueGreen,
    concurrency: 'queue',
    freezes: [],
    progressDeadlineSeconds: 600,
    guardian: null,
    ...change,
  };
}

/** A region with a cluster of its own. */
export function region(name: string, change: Partial<RegionPlan> = {}): RegionPlan {
  return { region: name, cluster: { name: `${name}-k8s`, type: 'local', settings: {} }, ...change };
}

export function wave(regions: readonly string[], change: Partial<WavePlan> = {}): WavePlan {
  return { regions: regions.map((name) => region(name)), maxParallel: 1, soak: null, ...change };
}

/** Build, then production: eu-west, and in a second wave us-east, then ap-south. */
export function regionsPlan(
  release: string,
  deployment: Partial<DeploymentPlan> = {},
  change: Partial<StagePlan> = {},
) {
  const waves = [wave(['eu-west']), wave(['us-east', 'ap-south'])];
  // Seconds of real time, in which every region has to answer, on a busy machine too.
  const unreachable = { policy: 'fail', afterSeconds: 60 } as const;
  return simplePlan(release, change, { steps: promptly, waves, unreachable, ...deployment });
}

export function stage(name: string, change: Partial<StagePlan> = {}): StagePlan {
  return {
    name,
    kind: change.deployment ? 'deploy' : change.build ? 'build' : 'command',
    requires: [],
    gates: [],
    skip: null,
    timeoutSeconds: 86_400,
    retries: 0,
    allowFailure: false,
    build: null,
    commands: [],
    deployment: null,
    ...change,
  };
}

export const buildStage = stage('build', { build: { provider: 'exercise8', action: 'container-build', isolation } });

export function command(name: string) {
  return { name, command: `run ${name}`, env: {}, workingDirectory: '.', image: null, isolation, timeoutSeconds: 60 };
}

export function plan(release: string, stages: readonly StagePlan[], change: Partial<ReleasePlan> = {}): ReleasePlan {
  return {
    namespace: 'test',
    name: 'shop',
    release,
    hash: `hash-of-${release}`,
    documentDigest: 'document',
    app: { name: 'shop', source: '/src', build: [], start: 'node server.js', healthPath: '/healthz', metrics: null },
    inputs: {},
    maxParallelStages: 3,
    timeScale: 1,
    channels: [],
    directory: null,
    stages,
    ...change,
  };
}

/** Build, then production blue-green. */
export function simplePlan(release: string, change: Partial<StagePlan> = {}, deployment: Partial<DeploymentPlan> = {}) {
  return plan(release, [
    buildStage,
    stage('production', { requires: ['build'], deployment: deploymentPlan('production', deployment), ...change }),
  ]);
}

export function input(releasePlan: ReleasePlan, change: Partial<PipelineInput> = {}): PipelineInput {
  return { plan: releasePlan, author, reopen: false, ...change };
}

/** As examples/enterprise-deployment-pipeline.yaml: build and tests, development, staging with its soak, approval, production. */
export function examplePlan(release: string): ReleasePlan {
  const [prepare, weight, , promote, retire] = blueGreen as [
    DeploymentStep,
    DeploymentStep,
    DeploymentStep,
    DeploymentStep,
    DeploymentStep,
  ];
  const analyze: DeploymentStep = { kind: 'analyze', analysis: analysisPlan({ name: 'real_time' }) };
  const soak: DeploymentStep = { kind: 'analyze', analysis: analysisPlan({ durationSeconds: 1800 }) };
  return plan(release, [
    stage('build_and_test', {
      build: { provider: 'exercise8', action: 'container-build', isolation },
      commands: ['unit_tests', 'integration_tests', 'security_scans'].map(command),
    }),
    stage('deploy_development', {
      requires: ['build_and_test'],
      deployment: deploymentPlan('development', { strategy: 'rolling', steps: rolling }),
    }),
    stage('deploy_staging', {
      requires: ['deploy_development'],
      deployment: deploymentPlan('staging', { strategy: 'rolling', steps: [...rolling.slice(0, 1), soak, promote] }),
    }),
    stage('deploy_production', {
      requires: ['deploy_staging'],
      gates: [gatePlan()],
      deployment: deploymentPlan('production', { steps: [prepare, weight, analyze, promote, retire] }),
    }),
  ]);
}
