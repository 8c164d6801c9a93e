import { spawnSync } from 'node:child_process';
import { parseAllDocuments } from 'yaml';
import { chart } from './tools';

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export interface Container {
  readonly args: readonly string[];
  readonly image: string;
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: unknown }[];
  readonly envFrom?: readonly unknown[];
  readonly securityContext: unknown;
  readonly resources: { readonly requests: unknown; readonly limits: unknown };
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
  readonly [probe: string]: unknown;
}

export interface PodSpec {
  readonly containers: readonly [Container];
  readonly automountServiceAccountToken: boolean;
  readonly serviceAccountName?: string;
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext: unknown;
  readonly topologySpreadConstraints: readonly unknown[];
  readonly volumes: readonly { readonly name: string; readonly [kind: string]: unknown }[];
}

/** As much of a Kubernetes object as these tests look at. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
  }[];
  readonly subjects: readonly unknown[];
  readonly spec: {
    readonly replicas?: number;
    readonly strategy: unknown;
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: PodSpec;
    };
    readonly [field: string]: unknown;
  };
}

/** The least that an installation has to say. */
export const leastValues = {
  temporal: { address: 'temporal-frontend.temporal:7233' },
  database: { existingSecret: 'framework0-database' },
};

export interface HelmAnswer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Helm with values from standard input. */
export function runHelm(helm: string, args: readonly string[], values: object): HelmAnswer {
  return spawnSync(helm, [...args, '--values', '-'], { encoding: 'utf8', input: JSON.stringify(values) });
}

export function render(helm: string, values: object = leastValues): readonly Manifest[] {
  const { status, stdout, stderr } = runHelm(helm, ['template', 'f0', chart, '--namespace', 'framework0'], values);
  if (status !== 0) throw new Error(stderr);
  return parseAllDocuments(stdout)
    .map((document): Manifest | null => document.toJS())
    .filter((object) => object !== null);
}

/** What helm says when it refuses. */
export function refusal(helm: string, values: object): string {
  const { status, stderr } = runHelm(helm, ['template', 'f0', chart], values);
  expect(status).not.toBe(0);
  return stderr;
}

export function find(objects: readonly Manifest[], kind: string, name: string): Manifest {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (!found) {
    const there = objects.map((object) => `${object.kind} ${object.metadata.name}`).join(', ');
    throw new Error(`no ${kind} ${name} among ${there}`);
  }
  return found;
}

export function variable(object: Manifest, name: string): string | undefined {
  return object.spec.template.spec.containers[0].env.find((one) => one.name === name)?.value;
}
