import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createKubernetesTarget, type KubernetesTarget } from '../../../src/activities/deploy/kubernetes';
import type { PrepareInput, ReleaseRef, ShiftInput, TrafficState } from '../../../src/contracts/activities';
import type { AppPlan, ClusterPlan, KubernetesAppPlan, MetricTarget } from '../../../src/definition/release-plan';
import { type Files, Packages } from './packages';
import { type PodBehaviour, podBehaviour } from './pod-behaviour';

/** One app in one namespace of a test cluster, deployed by the target as the workflows deploy it. */
export interface ShopOptions {
  readonly kubeconfig: string;
  readonly context: string;
  readonly namespace: string;
  readonly router?: string;
  /** Another name of the app and of its objects. @default shop */
  readonly name?: string;
  /** Shared with other apps, as a worker has one. */
  readonly sharedTarget?: { target: KubernetesTarget; packages: Packages };
  /** Where its manifests are in its packages. @default a folder of plain ones */
  readonly manifests?: KubernetesAppPlan['manifests'];
  /** More of the manifests than Deployment and Service. */
  readonly extra?: readonly object[];
}

export interface ReleaseOptions {
  readonly pods?: PodBehaviour;
  readonly extra?: readonly object[];
  /** Changes the objects before they are packed. */
  readonly change?: (objects: ReturnType<typeof manifests>) => readonly object[];
}

export class Shop {
  readonly target: KubernetesTarget;
  readonly packages: Packages;
  private readonly home = mkdtempSync(path.join(tmpdir(), 'f0-shop-'));

  constructor(private readonly options: ShopOptions) {
    this.packages = options.sharedTarget?.packages ?? new Packages();
    this.target =
      options.sharedTarget?.target ??
      createKubernetesTarget({
        home: this.home,
        artifacts: this.packages,
        resolveSecret: async (reference) => `value of ${reference}`,
        unschedulableSeconds: 1,
      });
  }

  async close(): Promise<void> {
    await this.target.close();
    rmSync(this.home, { recursive: true, force: true });
  }

  /** What a release consists of; without it a release is the plain manifests. */
  pack(release: string, { pods = {}, extra = [], change }: ReleaseOptions = {}): void {
    const objects = JSON.parse(
      JSON.stringify(manifests(podBehaviour(pods))).replaceAll('"shop"', `"${this.app.name}"`),
    ) as ReturnType<typeof manifests>;
    this.packages.putObjects(this.digestOf(release), [
      ...(change ? change(objects) : objects),
      ...(this.options.extra ?? []),
      ...extra,
    ]);
  }

  /** What a release consists of, file by file. */
  packFiles(release: string, files: Files): void {
    this.packages.put(this.digestOf(release), files);
  }

  packIfNew(release: string): void {
    if (!this.packages.has(this.digestOf(release))) this.pack(release);
  }

  get namespace(): string {
    return this.options.namespace;
  }

  ref(release: string): ReleaseRef {
    const key = `deployment/default/shop/test/${release}/run/1`;
    const { namespace } = this.options;
    return {
      key,
      namespace,
      cluster: this.cluster,
      environment: 'test',
      app: this.app,
      release,
      digest: this.digestOf(release),
    };
  }

  private get app(): AppPlan {
    const { name = 'shop', manifests = app.kubernetes.manifests } = this.options;
    return { ...app, name, kubernetes: { ...app.kubernetes, manifests, workload: name, service: name } };
  }

  private digestOf(release: string): string {
    return digestOf(this.app.name === 'shop' ? release : `${this.app.name} ${release}`);
  }

  get cluster(): ClusterPlan {
    const { kubeconfig, context, router = 'auto' } = this.options;
    return { name: 'test', type: 'kubernetes', settings: { kubeconfig, context, router } };
  }

  prepare(release: string, more: Partial<PrepareInput> = {}): Promise<TrafficState> {
    this.packIfNew(release);
    const input = { replicas: 3, env: {}, rolling: false, progressDeadlineSeconds: 60, ...more };
    return this.target.prepare({ ...this.ref(release), ...input }, context());
  }

  shift(
    release: string,
    weight: number,
    otherRelease: string | null,
    more: Partial<ShiftInput> = {},
  ): Promise<TrafficState> {
    const input: ShiftInput = { ...this.ref(release), weight, otherRelease, ...more };
    return this.target.shift(input, context());
  }

  promote(release: string): Promise<TrafficState> {
    return this.target.promote(this.ref(release), context());
  }

  retire(release: string): Promise<TrafficState> {
    return this.target.retire(this.ref(release), context());
  }

  describe(): Promise<TrafficState> {
    const { namespace, cluster, environment } = this.ref('any');
    return this.target.describe({ namespace, cluster, environment, app: this.app.name });
  }

  /** A first release that serves, by a switch of the Service. */
  async serve(release: string): Promise<void> {
    await this.prepare(release);
    await this.shift(release, 100, null);
    await this.promote(release);
  }

  metricTarget(release: string): MetricTarget {
    const { namespace, cluster, environment } = this.ref(release);
    const source = { name: 'builtin', type: 'builtin', url: null, secret: null, queries: {} } as const;
    return { namespace, cluster, environment, release, app: app.name, appMetrics: app.metrics, source };
  }
}

export const app: AppPlan & { readonly kubernetes: KubernetesAppPlan } = {
  name: 'shop',
  source: '/src/shop',
  build: [],
  start: 'node server.js',
  healthPath: '/healthz',
  metrics: { path: '/metrics', requests: 'r', statusLabel: 's', duration: 'd' },
  kubernetes: {
    manifests: { kind: 'folder', path: 'k8s' },
    image: 'registry.example.com/teashop/shop',
    workload: 'shop',
    container: null,
    service: 'shop',
  },
};

export function digestOf(release: string): string {
  return `sha256:${Buffer.from(release).toString('hex').padEnd(64, '0')}`;
}

export function context(signal = new AbortController().signal) {
  return { signal, progress: () => {} };
}

/** The plain manifests of the app: a Deployment, and a Service that selects its pods. */
export function manifests(
  { labels, annotations }: { labels: object; annotations: object } = { labels: {}, annotations: {} },
) {
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'shop' },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'shop' } },
        template: {
          metadata: { labels: { app: 'shop', ...labels }, annotations },
          spec: {
            containers: [
              {
                name: 'shop',
                image: 'registry.example.com/teashop/shop',
                ports: [{ containerPort: 8080 }],
                resources: { requests: { cpu: '10m', memory: '16Mi' } },
              },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'shop' },
      spec: { selector: { app: 'shop' }, ports: [{ port: 80, targetPort: 8080 }] },
    },
  ];
}
