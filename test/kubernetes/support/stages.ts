import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { failsAfterAnnotation, failsLabel, type PodFailure, readyAfterAnnotation } from './pod-behaviour';

// kwok moves nodes and pods on as "stages" say: what an object has to look like, how long to wait, what to change.

export interface Stage {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly selector: {
      readonly matchExpressions: readonly Expression[];
      readonly matchLabels?: Record<string, string>;
    };
    readonly [field: string]: unknown;
  };
}

interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

const delayedBy = (annotation: string) => ({
  durationMilliseconds: 0,
  durationFrom: { expressionFrom: `.metadata.annotations["${annotation}"]` },
});

const phase = (...values: string[]): Expression => ({ key: '.status.phase', operator: 'In', values });
const ready = (operator: 'In' | 'NotIn'): Expression => ({
  key: '.status.conditions.[] | select( .type == "Ready" ) | .status',
  operator,
  values: ['True'],
});

/** kwok's own stages of a pod and a node that are well, changed so that a pod may take its time, or fail. */
export function wellStages(folder: string): readonly Stage[] {
  const stages = ['node/fast', 'node/heartbeat', 'pod/fast'].flatMap((part) =>
    readdirSync(join(folder, part))
      .filter((file) => file.endsWith('.yaml') && file !== 'kustomization.yaml')
      .map((file) => parse(readFileSync(join(folder, part, file), 'utf8')) as Stage),
  );
  return stages.map((stage) => (stage.metadata.name === 'pod-ready' ? patientReady(stage) : stage));
}

function patientReady(stage: Stage): Stage {
  const neverReady: readonly PodFailure[] = ['ImagePullBackOff', 'CrashLoopBackOff', 'NeverReady', 'Pending'];
  const well = { key: `.metadata.labels["${failsLabel}"]`, operator: 'NotIn', values: neverReady };
  const { matchExpressions } = stage.spec.selector;
  return {
    ...stage,
    spec: {
      ...stage.spec,
      selector: { matchExpressions: [...matchExpressions, well] },
      delay: delayedBy(readyAfterAnnotation),
    },
  };
}

const waitsFor = (operator: 'In' | 'NotIn', reason: string): Expression => ({
  key: '.status.containerStatuses.[].state.waiting.reason',
  operator,
  values: [reason],
});

interface FailedStatus {
  readonly phase: 'Pending' | 'Running';
  /** Of every container, as YAML of one line each. */
  readonly container: readonly string[];
}

const failedStatus = ({ phase, container }: FailedStatus) => `
{{ $now := Now }}
conditions:
- { type: Initialized, status: "True", lastTransitionTime: {{ $now | Quote }} }
- { type: Ready, status: "False", reason: ContainersNotReady, lastTransitionTime: {{ $now | Quote }} }
- { type: ContainersReady, status: "False", reason: ContainersNotReady, lastTransitionTime: {{ $now | Quote }} }
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: false
${container.map((line) => `  ${line}`).join('\n')}
{{ end }}
phase: ${phase}
startTime: {{ $now | Quote }}
`;

// The status is merged into what is there: the state before has to be taken away.
const crashed: FailedStatus = {
  phase: 'Running',
  container: [
    'restartCount: 3',
    'started: false',
    'state: { running: null, waiting: { reason: CrashLoopBackOff, message: "back-off 40s restarting failed container" } }',
    'lastState: { terminated: { exitCode: 1, reason: Error, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }} } }',
  ],
};

interface Failure {
  readonly name: string;
  readonly fails: PodFailure;
  readonly when: readonly Expression[];
  readonly delay?: ReturnType<typeof delayedBy>;
  readonly status: FailedStatus;
  readonly event: { readonly type: 'Warning'; readonly reason: string; readonly message: string };
}

const crashEvent = { type: 'Warning', reason: 'BackOff', message: 'Back-off restarting failed container' } as const;

const failures: readonly Failure[] = [
  {
    name: 'pod-image-pull-back-off',
    fails: 'ImagePullBackOff',
    when: [phase('Pending'), waitsFor('NotIn', 'ImagePullBackOff')],
    status: {
      phase: 'Pending',
      container: [
        'restartCount: 0',
        'started: false',
        'state: { waiting: { reason: ImagePullBackOff, message: {{ printf "Back-off pulling image %q" .image | Quote }} } }',
      ],
    },
    event: { type: 'Warning', reason: 'Failed', message: 'Failed to pull image: not found' },
  },
  {
    name: 'pod-crash-loop-back-off',
    fails: 'CrashLoopBackOff',
    when: [waitsFor('NotIn', 'CrashLoopBackOff')],
    status: crashed,
    event: crashEvent,
  },
  {
    name: 'pod-crash-after-ready',
    fails: 'CrashAfterReady',
    when: [phase('Running'), ready('In')],
    delay: delayedBy(failsAfterAnnotation),
    status: crashed,
    event: crashEvent,
  },
  {
    name: 'pod-never-ready',
    fails: 'NeverReady',
    when: [phase('Pending')],
    status: {
      phase: 'Running',
      container: ['restartCount: 0', 'started: true', 'state: { running: { startedAt: {{ $now | Quote }} } }'],
    },
    event: {
      type: 'Warning',
      reason: 'Unhealthy',
      message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
    },
  },
];

export const failingStages: readonly Stage[] = failures.map(({ name, fails, when, delay, status, event }) => ({
  apiVersion: 'kwok.x-k8s.io/v1alpha1',
  kind: 'Stage',
  metadata: { name },
  spec: {
    resourceRef: { apiGroup: 'v1', kind: 'Pod' },
    selector: {
      matchLabels: { [failsLabel]: fails },
      matchExpressions: [{ key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' }, ...when],
    },
    ...(delay && { delay }),
    next: { event, statusTemplate: failedStatus(status) },
  },
}));
