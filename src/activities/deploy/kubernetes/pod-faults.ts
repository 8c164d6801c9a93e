import { setTimeout as delay } from 'node:timers/promises';
import type { V1ContainerStatus } from '@kubernetes/client-node';
import type { KubeObject, KubernetesApi } from './api';
import type { Deployment, Pod } from './watched-namespace';

/** Why a workload will not become ready however long one waits. */
export interface WorkloadFault {
  readonly reason: string;
  readonly message: string;
  /** Whose events and log tell more. */
  readonly object: { readonly kind: 'Pod' | 'ReplicaSet' | 'Deployment'; readonly name: string };
  readonly container: string | null;
  /** It may yet heal by itself, within this long: an autoscaler adds a node, a registry comes back, an old pod leaves. */
  readonly graceSeconds: number;
}

/** Reasons of waiting containers that do not heal; one that is pulled for the first time may be luckier at once. */
const hopeless: Readonly<Record<string, number>> = {
  ImagePullBackOff: 0,
  ErrImagePull: 15,
  InvalidImageName: 0,
  ErrImageNeverPull: 0,
  CrashLoopBackOff: 0,
  CreateContainerConfigError: 0,
  CreateContainerError: 0,
  RunContainerError: 5,
};

/** The first thing that is wrong with a Deployment or its pods; null: nothing is. */
export function workloadFault(
  deployment: Deployment,
  pods: readonly Pod[],
  unschedulableSeconds: number,
): WorkloadFault | null {
  const name = deployment.metadata?.name ?? '';
  const object = { kind: 'Deployment', name } as const;
  for (const pod of pods) {
    const fault = podFault(pod, unschedulableSeconds);
    if (fault) return fault;
  }
  const isCurrent = (deployment.status?.observedGeneration ?? 0) >= (deployment.metadata?.generation ?? 0);
  for (const { type, status, reason = '', message = '' } of isCurrent ? (deployment.status?.conditions ?? []) : []) {
    if (type === 'ReplicaFailure' && status === 'True') {
      const advice = /exceeded quota/.test(message) ? '; raise the ResourceQuota, or ask for less' : '';
      // Pods that leave may give back what is lacking.
      return { reason, message: `${message}${advice}`, object, container: null, graceSeconds: 5 };
    }
    if (type === 'Progressing' && status === 'False' && reason === 'ProgressDeadlineExceeded') {
      return { reason, message, object, container: null, graceSeconds: 0 };
    }
  }
  return null;
}

function podFault({ metadata, status }: Pod, unschedulableSeconds: number): WorkloadFault | null {
  if (metadata?.deletionTimestamp !== undefined) return null;
  const object = { kind: 'Pod', name: metadata?.name ?? '' } as const;
  for (const container of [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]) {
    const { reason = '', message = '' } = container.state?.waiting ?? {};
    const graceSeconds = hopeless[reason];
    if (graceSeconds === undefined) continue;
    const text = [message, exitText(container)].filter((part) => part !== '').join('; ');
    return { reason, message: text, object, container: container.name, graceSeconds };
  }
  const scheduled = (status?.conditions ?? []).find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False' && scheduled.reason === 'Unschedulable') {
    const { message = '' } = scheduled;
    return { reason: 'Unschedulable', message, object, container: null, graceSeconds: unschedulableSeconds };
  }
  return null;
}

function exitText({ lastState, restartCount }: V1ContainerStatus): string {
  const ended = lastState?.terminated;
  return ended
    ? `ended with code ${ended.exitCode} (${ended.reason ?? 'no reason'}), started ${restartCount + 1} times`
    : '';
}

/** Measures how long the same fault has lasted; a clock that cannot be set. */
export class FaultWatch {
  private since: { readonly key: string; readonly at: number } | null = null;

  /** The fault, when it has outlasted its grace. */
  lasting(fault: WorkloadFault | null): WorkloadFault | null {
    if (fault === null) {
      this.since = null;
      return null;
    }
    const now = performance.now();
    if (this.since?.key !== fault.reason) this.since = { key: fault.reason, at: now };
    return now - this.since.at >= fault.graceSeconds * 1000 ? fault : null;
  }
}

/** Kubelets write the status of a pod first, and the event that explains it some time later. */
const eventLooks = 5;
const eventPauseMs = 400;

interface ClusterEvent extends KubeObject {
  readonly reason?: string;
  readonly message?: string;
  readonly type?: string;
  readonly lastTimestamp?: string;
  readonly eventTime?: string;
}

/** The fault for a person: the reason, what the cluster says, the last warnings, the last lines of the log. */
export async function faultText(api: KubernetesApi, fault: WorkloadFault): Promise<string> {
  const { object, container, reason, message } = fault;
  const warnings = await lastWarnings(api, object);
  const log = container === null ? '' : await logOf(api, object.name, container);
  return [
    `${object.kind} ${object.name}: ${reason}${message ? `: ${message}` : ''}`,
    ...(warnings.length > 0 ? [`last events: ${warnings.join(' | ')}`] : []),
    ...(log ? [`last log lines:\n${log}`] : []),
  ].join('\n');
}

/** They explain, and whoever may not read them is told the fault all the same. */
async function lastWarnings(api: KubernetesApi, object: WorkloadFault['object']): Promise<readonly string[]> {
  const query = { fieldSelector: `involvedObject.name=${object.name}` };
  for (let looks = object.kind === 'Pod' ? 1 : eventLooks; ; looks += 1) {
    const events = await api.list<ClusterEvent>('v1', 'Event', query).catch(() => null);
    const warnings = (events ?? []).filter(({ type }) => type === 'Warning');
    if (events === null || warnings.length > 0 || looks === eventLooks) {
      return warnings
        .sort((a, b) => timeOf(a).localeCompare(timeOf(b)))
        .slice(-3)
        .map((event) => `${event.reason}: ${event.message}`);
    }
    await delay(eventPauseMs);
  }
}

/** What ran last is what crashed; a container that waits may have no log of its own yet. */
async function logOf(api: KubernetesApi, pod: string, container: string): Promise<string> {
  const before = await api.lastLines(pod, container, true);
  return (before || (await api.lastLines(pod, container, false))).trim();
}

function timeOf({ lastTimestamp, eventTime }: ClusterEvent): string {
  return String(lastTimestamp ?? eventTime ?? '');
}
