import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { create } from 'tar';
import type { ArtifactStore } from '../../src/activities/artifacts';
import { deploymentWorkflowId } from '../../src/contracts/ids';
import type { DeploymentInput } from '../../src/contracts/workflows';
import type { AnalysisPlan, AppPlan, ClusterPlan, DeploymentStep } from '../../src/definition/release-plan';
import { stepsOf } from '../../src/definition/strategies';

// The apps that are deployed: each is a Deployment and a Service of its own, in an environment of its own, and all of them
// are in one namespace of the cluster.

export const documentNamespace = 'bench';
export const replicas = 3;
/** The analysis of this name finds the release faulty. */
export const breach = 'breach';
const canaryWeights = [5, 25, 50, 75, 100];
/** The share of the traffic that a faulty release has when that is seen. */
const breachWeight = 50;

const image = 'registry.example.com/bench/app';

export function appNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `app-${index}`);
}

/** The Deployment and the Service of an app, as its manifests have them. */
export function manifestsOf(app: string, release: string) {
  const template = {
    metadata: { labels: { app }, annotations: { 'bench.framework0.io/built': release } },
    spec: {
      containers: [
        {
          name: 'app',
          image,
          ports: [{ containerPort: 8080 }],
          resources: { requests: { cpu: '1m', memory: '1Mi' } },
        },
      ],
    },
  };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: app },
    spec: { replicas: 1, selector: { matchLabels: { app } }, template },
  };
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: app },
    spec: { selector: { app }, ports: [{ port: 80, targetPort: 8080 }] },
  };
  return { deployment, service };
}

/** Packs a release as a build does; answers with its digest. */
export async function pack(artifacts: ArtifactStore, folder: string, app: string, release: string): Promise<string> {
  const own = await mkdtemp(join(folder, 'package-'));
  try {
    await mkdir(join(own, 'k8s'));
    const { deployment, service } = manifestsOf(app, release);
    const list = { apiVersion: 'v1', kind: 'List', items: [deployment, service] };
    await writeFile(join(own, 'k8s', 'all.json'), JSON.stringify(list));
    const file = join(own, 'package.tgz');
    await create({ gzip: true, portable: true, cwd: own, file }, ['k8s']);
    return (await artifacts.putFile(file)).digest;
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

/** A canary with an analysis at each share of the traffic. */
export function canarySteps(isFaulty: boolean): readonly DeploymentStep[] {
  const steps = canaryWeights.flatMap((weight) => {
    const name = isFaulty && weight === breachWeight ? breach : `at ${weight} %`;
    return [{ kind: 'weight', weight } as const, { kind: 'analyze', analysis: analysisOf(name) } as const];
  });
  return stepsOf('canary', { replicas, analysis: null, retireAfterSeconds: 0, canarySteps: steps });
}

/** How the first release of an app comes to serve. */
export const firstSteps: readonly DeploymentStep[] = [
  { kind: 'prepare', replicas, rolling: false },
  { kind: 'weight', weight: 100 },
  { kind: 'promote' },
];

export interface Delivery {
  readonly app: string;
  readonly release: string;
  readonly digest: string;
  readonly cluster: ClusterPlan;
  readonly steps: readonly DeploymentStep[];
}

export function workflowIdOf({ app, release }: Pick<Delivery, 'app' | 'release'>): string {
  return deploymentWorkflowId({ namespace: documentNamespace, app, environment: app, release });
}

export function inputOf({ app, release, digest, cluster, steps }: Delivery): DeploymentInput {
  return {
    namespace: documentNamespace,
    pipeline: app,
    stage: 'production',
    app: appPlan(app),
    release,
    artifact: { digest, sizeBytes: 1, sbomDigest: digest, provenanceDigest: digest },
    plan: {
      environment: app,
      cluster,
      strategy: 'canary',
      replicas,
      env: {},
      steps,
      metricSource: { name: 'builtin', type: 'builtin', url: null, secret: null, queries: {} },
      concurrency: 'queue',
      freezes: [],
      // A queue in front of two cores is no fault of a release.
      progressDeadlineSeconds: 1800,
      guardian: null,
    },
    directory: null,
    channels: [],
    author: { name: 'anna', source: 'cli' },
    planHash: digest,
    reopen: false,
    mode: 'deploy',
    reason: '',
  };
}

function appPlan(name: string): AppPlan {
  return {
    name,
    source: '/',
    build: [],
    start: '',
    healthPath: '/',
    metrics: null,
    kubernetes: { manifests: { kind: 'folder', path: 'k8s' }, image, workload: name, container: null, service: name },
  };
}

function analysisOf(name: string): AnalysisPlan {
  return {
    name,
    durationSeconds: 60,
    intervalSeconds: 5,
    windowSeconds: 60,
    criteria: [],
    triggers: [],
    alerts: [],
    judge: null,
    mode: 'enforce',
    onInconclusive: 'fail',
    maxExtensions: 0,
    askExpiresInSeconds: 60,
    minRequests: 20,
  };
}
